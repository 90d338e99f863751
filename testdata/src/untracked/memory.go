package untracked

import (
	"context"
	"log/slog"
	"net"
	"os"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

// Work that only computes, when the function that wanted it has failed.

type label map[string]string

type target struct {
	labels []label
	seen   int
}

type instance struct {
	host    string
	port    int
	created time.Time
	tags    []string
}

type discovery struct {
	port  int
	cache map[string]label
	last  *target
	jobs  chan label
}

func describe(ctx context.Context, name string) ([]instance, error) { return nil, ctx.Err() }

func address(in instance) string { return net.JoinHostPort(in.host, strconv.Itoa(in.port)) }

func (d *discovery) silentLabels(ctx context.Context, names []string) (*target, error) {
	found := &target{}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for _, name := range names {
		wg.Add(1)
		instances, err := describe(ctx, name)
		if err != nil {
			return nil, err
		}
		go func(instances []instance) {
			defer wg.Done()
			for _, in := range instances {
				l := label{"name": name, "created": in.created.Format(time.RFC3339)}
				l["address"] = address(in)
				for _, tag := range in.tags {
					l["tag_"+tag] = "yes"
				}
				mu.Lock()
				found.labels = append(found.labels, l)
				mu.Unlock()
			}
		}(instances)
	}
	wg.Wait()
	return found, nil
}

func silentSums(ctx context.Context, names []string) (int64, error) {
	var sum atomic.Int64
	var g errgroup.Group
	sizes := make([]int, len(names))
	for i, name := range names {
		instances, err := describe(ctx, name)
		if err != nil {
			return 0, err
		}
		g.Go(func() error {
			sorted := slices.Clone(instances)
			slices.SortFunc(sorted, func(a, b instance) int { return a.port - b.port })
			sizes[i] = len(sorted)
			sum.Add(int64(len(sorted)))
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return 0, err
	}
	slog.Info("sizes", "sizes", sizes)
	return sum.Load(), nil
}

// What the work writes is handed out.

func handsOutNamed(ctx context.Context, names []string) (found target, err error) {
	var wg sync.WaitGroup
	for _, name := range names {
		wg.Go(func() { found.seen++ }) // want `wg counts this work, but an early return leaves it running without a wait`
		if _, err = describe(ctx, name); err != nil {
			return
		}
	}
	wg.Wait()
	return
}

func handsOutCaptured(ctx context.Context, names []string) (*target, error) {
	found := &target{}
	var wg sync.WaitGroup
	for _, name := range names {
		wg.Go(func() { found.seen++ }) // want `wg counts this work, but an early return`
		if _, err := describe(ctx, name); err != nil {
			return found, err
		}
	}
	wg.Wait()
	return found, nil
}

func (d *discovery) writesField(ctx context.Context, names []string) error {
	var wg sync.WaitGroup
	for _, name := range names {
		wg.Go(func() { d.cache[name] = label{"name": name} }) // want `wg counts this work, but an early return`
		if _, err := describe(ctx, name); err != nil {
			return err
		}
	}
	wg.Wait()
	return nil
}

func (d *discovery) put(name string) { d.cache[name] = label{} }

func (d *discovery) writesInMethod(ctx context.Context, names []string) error {
	var wg sync.WaitGroup
	for _, name := range names {
		wg.Go(func() { d.put(name) }) // want `wg counts this work, but an early return`
		if _, err := describe(ctx, name); err != nil {
			return err
		}
	}
	wg.Wait()
	return nil
}

func writesParameter(ctx context.Context, into []int) error {
	var wg sync.WaitGroup
	for i := range into {
		wg.Go(func() { into[i] = i }) // want `wg counts this work, but an early return`
		if _, err := describe(ctx, "into"); err != nil {
			return err
		}
	}
	wg.Wait()
	return nil
}

func (d *discovery) writesAlias(ctx context.Context) error {
	last := d.last
	var wg sync.WaitGroup
	wg.Go(func() { last.seen++ }) // want `wg counts this work, but an early return`
	if _, err := describe(ctx, "alias"); err != nil {
		return err
	}
	wg.Wait()
	return nil
}

func (d *discovery) writesKept(ctx context.Context) error {
	found := &target{}
	d.last = found
	var wg sync.WaitGroup
	wg.Go(func() { found.seen++ }) // want `wg counts this work, but an early return`
	if _, err := describe(ctx, "kept"); err != nil {
		return err
	}
	wg.Wait()
	return nil
}

func (d *discovery) writesDeferred(ctx context.Context) error {
	found := &target{}
	defer func() { d.last = found }()
	var wg sync.WaitGroup
	wg.Go(func() { found.seen++ }) // want `wg counts this work, but an early return`
	if _, err := describe(ctx, "deferred"); err != nil {
		return err
	}
	wg.Wait()
	return nil
}

var rounds int

func countUp() { rounds++ }

func writesGlobal(ctx context.Context) error {
	var wg sync.WaitGroup
	wg.Go(countUp) // want `wg counts this work, but an early return`
	if _, err := describe(ctx, "global"); err != nil {
		return err
	}
	wg.Wait()
	return nil
}

// It does more than to compute.

func doesIO(ctx context.Context, names []string) error {
	var wg sync.WaitGroup
	for _, name := range names {
		wg.Go(func() { _ = os.Remove(name) }) // want `wg counts this work, but an early return`
		if _, err := describe(ctx, name); err != nil {
			return err
		}
	}
	wg.Wait()
	return nil
}

func takesContext(ctx context.Context) error {
	var wg sync.WaitGroup
	wg.Go(func() { _, _ = describe(ctx, "context") }) // want `wg counts this work, but an early return`
	if _, err := describe(context.Background(), "other"); err != nil {
		return err
	}
	wg.Wait()
	return nil
}

func (d *discovery) sends(ctx context.Context) error {
	out := make(chan int)
	var wg sync.WaitGroup
	wg.Go(func() { out <- 1 }) // want `wg counts this work, but an early return`
	if _, err := describe(ctx, "sends"); err != nil {
		return err
	}
	<-out
	wg.Wait()
	return nil
}

func (d *discovery) receives(ctx context.Context) error {
	var wg sync.WaitGroup
	n := 0
	wg.Go(func() { // want `wg counts this work, but an early return`
		for range d.jobs {
			n++
		}
	})
	if _, err := describe(ctx, "receives"); err != nil {
		return err
	}
	close(d.jobs)
	wg.Wait()
	return nil
}

func callsGiven(ctx context.Context, f func(int) int) error {
	var wg sync.WaitGroup
	n := 0
	wg.Go(func() { n = f(n) }) // want `wg counts this work, but an early return`
	if _, err := describe(ctx, "given"); err != nil {
		return err
	}
	wg.Wait()
	return nil
}

// The early return is no failure: somebody may count on the result.
func isSuccess(names []string) error {
	var wg sync.WaitGroup
	n := 0
	wg.Go(func() { n++ }) // want `wg counts this work, but an early return`
	if len(names) == 0 {
		return nil
	}
	wg.Wait()
	return nil
}
