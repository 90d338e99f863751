package orphanspan

import (
	"context"

	"connectrpc.com/connect"
	"github.com/99designs/gqlgen/graphql"
	"github.com/twitchtv/twirp"
	"google.golang.org/grpc"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
)

// A service that embeds what was generated for it is one that gRPC calls.

type health struct {
	healthpb.UnimplementedHealthServer
	last context.Context
}

func (h *health) Check(ctx context.Context, req *healthpb.HealthCheckRequest) (*healthpb.HealthCheckResponse, error) {
	go work(ctx) // want `goroutine outlives the request but works with ctx, which is cancelled when the handler returns`
	return &healthpb.HealthCheckResponse{}, nil
}

func (h *health) Watch(req *healthpb.HealthCheckRequest, stream healthpb.Health_WatchServer) error {
	go work(stream.Context()) // want `goroutine outlives the request`
	return h.pump(stream.Context(), stream)
}

// A context beside a stream is the stream's.
func (h *health) pump(ctx context.Context, stream healthpb.Health_WatchServer) error {
	go work(ctx) // want `goroutine outlives the request`
	return stream.Send(&healthpb.HealthCheckResponse{})
}

func pumpFor(ctx context.Context, stream grpc.ServerStream) error {
	go work(ctx) // want `goroutine outlives pumpFor but works with its ctx`
	return stream.SendMsg(nil)
}

// It is what it embeds that serves, not what it stores.
func (h *health) Keep(ctx context.Context) {
	h.last = ctx
	go work(ctx)
}

// A service that embeds nothing is registered in view.
type plain struct{ healthpb.HealthServer }

type registered struct{}

func (*registered) Check(ctx context.Context, req *healthpb.HealthCheckRequest) (*healthpb.HealthCheckResponse, error) {
	go work(ctx) // want `goroutine outlives the request`
	return nil, nil
}

func (*registered) List(ctx context.Context, req *healthpb.HealthListRequest) (*healthpb.HealthListResponse, error) {
	return nil, nil
}

func (*registered) Watch(req *healthpb.HealthCheckRequest, s grpc.ServerStreamingServer[healthpb.HealthCheckResponse]) error {
	return nil
}

func serve(s *grpc.Server) {
	healthpb.RegisterHealthServer(s, &registered{})
	s.RegisterService(&grpc.ServiceDesc{}, plain{})
}

func interceptors() []grpc.ServerOption {
	return []grpc.ServerOption{
		grpc.UnaryInterceptor(func(ctx context.Context, req any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
			go work(ctx) // want `goroutine outlives the request`
			return handler(ctx, req)
		}),
		grpc.StreamInterceptor(func(srv any, ss grpc.ServerStream, info *grpc.StreamServerInfo, handler grpc.StreamHandler) error {
			go work(ss.Context()) // want `goroutine outlives the request`
			return handler(srv, ss)
		}),
	}
}

// On the client's side it is the caller's context, which is presumed to be a
// request's.
func clientInterceptors() []grpc.DialOption {
	return []grpc.DialOption{
		grpc.WithUnaryInterceptor(func(ctx context.Context, method string, req, reply any, cc *grpc.ClientConn, invoker grpc.UnaryInvoker, opts ...grpc.CallOption) error {
			go work(ctx) // want `goroutine outlives clientInterceptors but works with its ctx`
			return invoker(ctx, method, req, reply, cc, opts...)
		}),
		grpc.WithStreamInterceptor(func(ctx context.Context, desc *grpc.StreamDesc, cc *grpc.ClientConn, method string, streamer grpc.Streamer, opts ...grpc.CallOption) (grpc.ClientStream, error) {
			go work(ctx) // want `goroutine outlives clientInterceptors but works with its ctx`
			return streamer(ctx, desc, cc, method, opts...)
		}),
	}
}

// connect

type greeter struct{}

type (
	hello struct{}
	reply struct{}
)

func (greeter) Greet(ctx context.Context, req *connect.Request[hello]) (*connect.Response[reply], error) {
	go work(ctx) // want `goroutine outlives the request`
	return connect.NewResponse(&reply{}), nil
}

func (greeter) Server(ctx context.Context, req *connect.Request[hello], s *connect.ServerStream[reply]) error {
	go work(ctx) // want `goroutine outlives the request`
	return s.Send(&reply{})
}

func (greeter) Client(ctx context.Context, s *connect.ClientStream[hello]) (*connect.Response[reply], error) {
	go work(ctx) // want `goroutine outlives the request`
	return connect.NewResponse(&reply{}), nil
}

func (greeter) Bidi(ctx context.Context, s *connect.BidiStream[hello, reply]) error {
	go work(ctx) // want `goroutine outlives the request`
	return nil
}

type intercept struct{}

func (intercept) WrapUnary(next connect.UnaryFunc) connect.UnaryFunc {
	return func(ctx context.Context, req connect.AnyRequest) (connect.AnyResponse, error) {
		go work(ctx) // want `goroutine outlives WrapUnary but works with its ctx`
		return next(ctx, req)
	}
}

func (intercept) WrapStreamingClient(next connect.StreamingClientFunc) connect.StreamingClientFunc {
	return next
}

func (intercept) WrapStreamingHandler(next connect.StreamingHandlerFunc) connect.StreamingHandlerFunc {
	return func(ctx context.Context, conn connect.StreamingHandlerConn) error {
		go work(ctx) // want `goroutine outlives the request`
		return next(ctx, conn)
	}
}

// The stream of a client belongs to who opened it.
func follow(ctx context.Context, s *connect.ServerStreamForClient[reply]) {
	for s.Receive() {
		_ = work(ctx)
	}
}

// twirp serves with the request's context.

type hats interface {
	Make(ctx context.Context, size *hello) (*reply, error)
}

type hatter struct{}

func (*hatter) Make(ctx context.Context, size *hello) (*reply, error) {
	go work(ctx) // want `goroutine outlives Make but works with its ctx`
	return &reply{}, nil
}

var _ hats = (*hatter)(nil)

func logged(next twirp.Method) twirp.Method {
	return func(ctx context.Context, req any) (any, error) {
		go work(ctx) // want `goroutine outlives logged but works with its ctx`
		return next(ctx, req)
	}
}

func hooks() *twirp.ServerHooks {
	return &twirp.ServerHooks{
		ResponseSent: func(ctx context.Context) {
			go work(ctx) // want `goroutine outlives hooks but works with its ctx`
		},
	}
}

// gqlgen

type queryResolver struct{}

func (queryResolver) Orders(ctx context.Context, first *int) ([]order, error) {
	go work(ctx) // want `goroutine outlives Orders but works with its ctx`
	return nil, nil
}

// A subscription goes on until its context is done, and so does what feeds it.
func (queryResolver) Changes(ctx context.Context) (<-chan order, error) {
	out := make(chan order)
	go func() {
		defer close(out)
		_ = work(ctx)
	}()
	return out, nil
}

func extensions(set func(graphql.FieldMiddleware, graphql.OperationMiddleware)) {
	set(func(ctx context.Context, next graphql.Resolver) (any, error) {
		go work(ctx) // want `goroutine outlives the request`
		return next(ctx)
	}, func(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
		go work(ctx) // want `goroutine outlives the request`
		return next(ctx)
	})
}
