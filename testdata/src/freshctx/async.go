package freshctx

import (
	"context"
	"net/http"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

func (s *service) inLiteral(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	o, _ := s.store.Get(ctx, r.PathValue("id"))
	s.tasks.Add(1)
	go func() {
		defer s.tasks.Done()
		_ = s.notify(context.Background(), o) // want `goroutine starts over from context.Background\(\), so nothing leads from ctx to what it traces`
	}()
}

func (s *service) requestReadBefore(w http.ResponseWriter, r *http.Request) {
	o, _ := s.store.Get(r.Context(), r.PathValue("id"))
	s.tasks.Go(func() {
		_ = s.notify(context.TODO(), o) // want `goroutine starts over from context.TODO\(\), so nothing leads from r.Context\(\) to what it traces`
	})
}

func (s *service) named(ctx context.Context, o order) error {
	if _, err := s.store.Get(ctx, o.ID); err != nil {
		return err
	}
	go s.notify(context.Background(), o) // want `goroutine starts over`
	return nil
}

func (s *service) namedInRequest(w http.ResponseWriter, r *http.Request) {
	go s.notify(context.Background(), order{ID: r.PathValue("id")}) // want `goroutine starts over`
}

func (s *service) variableInside(ctx context.Context, o order) {
	s.wg.Add(1)
	go func() {
		defer s.wg.Done()
		ctx := context.Background() // want `goroutine starts over`
		_ = s.notify(ctx, o)
	}()
}

func (s *service) timeoutInside(ctx context.Context, o order) {
	s.wg.Add(1)
	go func() {
		defer s.wg.Done()
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute) // want `goroutine starts over`
		defer cancel()
		_ = s.notify(ctx, o)
	}()
}

func (s *service) variableOutside(ctx context.Context, o order) {
	bg := context.Background() // want `goroutine starts over`
	s.wg.Add(1)
	go func() {
		defer s.wg.Done()
		_ = s.notify(bg, o)
	}()
	_, _ = s.store.Get(ctx, o.ID)
}

func (s *service) timeoutOutside(ctx context.Context, o order) {
	c, cancel := context.WithTimeout(context.Background(), time.Minute) // want `goroutine starts over`
	s.wg.Add(1)
	go func() {
		defer s.wg.Done()
		defer cancel()
		_ = s.notify(c, o)
	}()
	_, _ = s.store.Get(ctx, o.ID)
}

func (s *service) argumentOfLiteral(ctx context.Context, o order) {
	s.wg.Add(1)
	go func(ctx context.Context, o order) {
		defer s.wg.Done()
		_ = s.notify(ctx, o)
	}(context.Background(), o) // want `goroutine starts over`
	_, _ = s.store.Get(ctx, o.ID)
}

func (s *service) twiceInOneLaunch(ctx context.Context, o order) {
	s.wg.Add(1)
	go func() {
		defer s.wg.Done()
		if _, err := s.store.Get(context.Background(), o.ID); err != nil { // want `goroutine starts over`
			return
		}
		_ = s.notify(context.Background(), o) // want `goroutine starts over`
	}()
}

func (s *service) parameterIgnored(ctx context.Context, o order) {
	s.wg.Add(1)
	go func(ctx context.Context, o order) {
		defer s.wg.Done()
		_ = s.notify(context.Background(), o) // want `goroutine starts over`
	}(ctx, o)
}

var forever = context.Background()

func (s *service) packageVariable(ctx context.Context, o order) {
	s.wg.Add(1)
	go func() {
		defer s.wg.Done()
		_ = s.notify(forever, o) // want `goroutine starts over from forever`
	}()
}

func (s *service) belowSpan(o order) {
	ctx, span := tracer.Start(context.Background(), "batch")
	defer span.End()
	sink(ctx)
	s.wg.Add(1)
	go func() {
		defer s.wg.Done()
		_ = s.notify(context.Background(), o) // want `goroutine starts over`
	}()
}

func (s *service) inSwitch(ctx context.Context, o order) {
	switch o.ID {
	case "a":
		s.wg.Add(1)
		go func() {
			defer s.wg.Done()
			_ = s.notify(context.Background(), o) // want `goroutine starts over`
		}()
	}
}

func (s *service) requestInside(ctx context.Context, url string) {
	s.wg.Add(1)
	go func() {
		defer s.wg.Done()
		req, err := http.NewRequest(http.MethodPost, url, nil) // want `goroutine starts over from a request without context`
		if err != nil {
			return
		}
		if resp, err := s.client.Do(req); err == nil {
			resp.Body.Close()
		}
	}()
}

func (s *service) groupNotWaitedFor(ctx context.Context, g *errgroup.Group, o order) {
	g.Go(func() error {
		return s.notify(context.Background(), o) // want `goroutine starts over`
	})
}

func (s *service) inLoop(ctx context.Context, orders []order) {
	for _, o := range orders {
		s.wg.Add(1)
		go func() {
			defer s.wg.Done()
			_ = s.notify(context.Background(), o) // want `goroutine starts over`
		}()
	}
}

func (s *service) deferredLaunch(ctx context.Context, o order) {
	defer func() {
		s.wg.Add(1)
		go func() {
			defer s.wg.Done()
			_ = s.notify(context.Background(), o) // want `goroutine starts over`
		}()
	}()
	_, _ = s.store.Get(ctx, o.ID)
}

func later(ctx context.Context, s *service, o order) {
	time.AfterFunc(time.Second, func() {
		_ = s.notify(context.Background(), o) // want `callback starts over`
	})
}

func generic[T any](ctx context.Context, wg *sync.WaitGroup, v T, send func(context.Context, T) error) {
	wg.Go(func() {
		_ = send(context.Background(), v) // want `goroutine starts over`
	})
}

func functionValue(ctx context.Context, send func(context.Context, order) error, o order) {
	go send(context.Background(), o) // want `goroutine starts over`
}

func (s *service) endsItsSpan(ctx context.Context, o order) {
	ctx, span := tracer.Start(ctx, "outer")
	sink(ctx)
	s.wg.Add(1)
	go func() {
		defer s.wg.Done()
		defer span.End()
		_ = s.notify(context.Background(), o) // want `goroutine starts over`
	}()
}

func (s *service) requestOnBackground(ctx context.Context, req *http.Request, later bool) {
	ctx, span := tracer.Start(ctx, "outer")
	req = req.WithContext(ctx)
	if later {
		req = req.WithContext(context.Background()) // want `goroutine starts over`
	}
	s.wg.Add(1)
	go func() {
		defer s.wg.Done()
		defer span.End()
		if resp, err := s.client.Do(req); err == nil {
			resp.Body.Close()
		}
	}()
}

// Others may cancel the work, too; its context lives no longer for that.

func (s *service) cancelKept(w http.ResponseWriter, r *http.Request) {
	o := order{ID: r.PathValue("id")}
	s.tasks.Go(func() {
		ctx, cancel := context.WithCancel(context.Background()) // want `goroutine starts over from context.Background\(\), so nothing leads from r.Context\(\) to what it traces`
		defer cancel()
		s.cancel = cancel
		_ = s.notify(ctx, o)
	})
}

func (s *service) cancelInMap(ctx context.Context, o order, running map[string]func()) {
	s.wg.Add(1)
	go func() {
		defer s.wg.Done()
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute) // want `goroutine starts over`
		defer func() {
			delete(running, o.ID)
			cancel()
		}()
		running[o.ID] = cancel
		_ = s.notify(ctx, o)
	}()
}

// Whoever stops it decides how long it lives.
func (s *service) silentStoppedByOthers(ctx context.Context, o order) {
	s.tasks.Go(func() {
		ctx, cancel := context.WithCancel(context.Background())
		s.cancel = cancel
		_ = s.notify(ctx, o)
	})
}

// It is the service's own life that begins here.
func (s *service) silentRun(o order) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	s.cancel = cancel
	return s.notify(ctx, o)
}
