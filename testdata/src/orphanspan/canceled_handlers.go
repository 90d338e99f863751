package orphanspan

import (
	"context"
	"net/http"
	"net/http/httptest"

	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"
)

// The shapes of a handler: here the context is a request's beyond doubt.

func handlerFunc(w http.ResponseWriter, r *http.Request) {
	go work(r.Context()) // want `goroutine outlives the request but works with r.Context\(\), which is cancelled when the handler returns`
}

func (s *service) handlerMethod(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	go s.save(ctx, order{}) // want `goroutine outlives the request but works with ctx`
}

func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	go func() { // want `goroutine outlives the request but works with r.Context\(\)`
		_ = s.save(r.Context(), order{})
	}()
}

func register(mux *http.ServeMux) {
	mux.HandleFunc("/order", func(w http.ResponseWriter, r *http.Request) {
		ctx := r.Context()
		go notify(ctx, order{}) // want `goroutine outlives the request`
	})
	mux.Handle("/audit", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		go audit(r.Context(), order{}) // want `goroutine outlives the request`
	}))
}

func middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r)
		go audit(r.Context(), order{}) // want `goroutine outlives the request`
	})
}

func handlerWithError(w http.ResponseWriter, r *http.Request) error {
	go notify(r.Context(), order{}) // want `goroutine outlives the request`
	return nil
}

func handlerRequestArgument(w http.ResponseWriter, r *http.Request) {
	go record(r) // want `goroutine outlives the request`
}

func record(r *http.Request) { _ = work(r.Context()) }

func handlerRequestParameter(w http.ResponseWriter, r *http.Request) {
	go func(r *http.Request) { // want `goroutine outlives the request`
		_ = work(r.Context())
	}(r)
}

func handlerClone(w http.ResponseWriter, r *http.Request) {
	r2 := r.Clone(r.Context())
	go record(r2) // want `goroutine outlives the request`
}

type userKey struct{}

func handlerWithContext(w http.ResponseWriter, r *http.Request) {
	r = r.WithContext(context.WithValue(r.Context(), userKey{}, "me"))
	go func() { // want `goroutine outlives the request`
		_ = work(r.Context())
	}()
}

func handlerOutgoing(w http.ResponseWriter, r *http.Request) {
	req, err := http.NewRequestWithContext(r.Context(), http.MethodPost, "http://mirror", nil)
	if err != nil {
		return
	}
	go func() { // want `goroutine outlives the request`
		resp, err := http.DefaultClient.Do(req)
		if err == nil {
			resp.Body.Close()
		}
	}()
}

func handlerOutgoingInside(w http.ResponseWriter, r *http.Request) {
	go func() { // want `goroutine outlives the request`
		req, err := http.NewRequestWithContext(r.Context(), http.MethodPost, "http://mirror", nil)
		if err != nil {
			return
		}
		resp, err := http.DefaultClient.Do(req)
		if err == nil {
			resp.Body.Close()
		}
	}()
}

type orderRequest struct{ order }

type orderResponse struct{}

type orderServer struct{ service }

func (s *orderServer) unary(ctx context.Context, req *orderRequest) (*orderResponse, error) {
	go s.save(ctx, req.order) // want `goroutine outlives unary`
	return &orderResponse{}, nil
}

func unaryInterceptor(ctx context.Context, req any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
	resp, err := handler(ctx, req)
	go audit(ctx, order{}) // want `goroutine outlives the request`
	return resp, err
}

func streamInterceptor(srv any, ss grpc.ServerStream, info *grpc.StreamServerInfo, handler grpc.StreamHandler) error {
	go audit(ss.Context(), order{}) // want `goroutine outlives the request`
	return handler(srv, ss)
}

func (s *orderServer) bidi(stream grpc.BidiStreamingServer[orderRequest, orderResponse]) error {
	ctx := stream.Context()
	go s.save(ctx, order{}) // want `goroutine outlives the request`
	return nil
}

func (s *orderServer) serverStream(req *orderRequest, stream grpc.ServerStreamingServer[orderResponse]) error {
	go func() { // want `goroutine outlives the request`
		_ = s.save(stream.Context(), req.order)
	}()
	return stream.Send(&orderResponse{})
}

// A function is proven to serve a request by its callers.

func provenHandler(w http.ResponseWriter, r *http.Request) { provenMiddle(r.Context()) }

func provenMiddle(ctx context.Context) { provenInner(ctx) }

func provenInner(ctx context.Context) {
	go work(ctx) // want `goroutine outlives the request but works with ctx, which is cancelled when the handler returns`
}

func provenRequestHelper(w http.ResponseWriter, r *http.Request) { enrich(r) }

func enrich(r *http.Request) {
	go work(r.Context()) // want `goroutine outlives the request`
}

// It is proven even where it stores and waits: a handler is a handler.
func handlerThatKeeps(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithCancel(r.Context())
	s := &stopper{cancel: cancel}
	go work(ctx) // want `goroutine outlives the request`
	s.cancel()
}

type stopper struct{ cancel context.CancelFunc }

// The wait is a goroutine's, and nobody waits for that.
func canceledGroupWaitedForElsewhere(w http.ResponseWriter, r *http.Request) {
	g, ctx := errgroup.WithContext(r.Context())
	for range 3 {
		g.Go(func() error { // want `goroutine outlives the request but works with ctx`
			return work(ctx)
		})
	}
	go func() {
		if err := g.Wait(); err != nil {
			logf("failed: %v", err)
		}
	}()
	w.WriteHeader(http.StatusAccepted)
}

// The server has cancelled the request when the second handler gets it.
func handedOnLate(first, second http.Handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		first.ServeHTTP(w, r)
		go func() { // want `goroutine outlives the request but works with r.Clone\(r.Context\(\)\)`
			second.ServeHTTP(httptest.NewRecorder(), r.Clone(r.Context()))
		}()
	}
}

func silentHandedOnInTime(h http.Handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		done := make(chan struct{})
		go func() {
			defer close(done)
			h.ServeHTTP(w, r)
		}()
		<-done
	}
}

func silentHandedOnDetached(h http.Handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		go h.ServeHTTP(httptest.NewRecorder(), r.Clone(context.WithoutCancel(r.Context())))
	}
}
