// Package variants3 has interceptors, middleware, pools and transports that end
// spans, their own or others.
package variants3

import (
	"context"
	"io"
	"net/http"
	"sync"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
	"google.golang.org/grpc"
)

var tracer = otel.Tracer("variants")

func work(ctx context.Context) error { return ctx.Err() }

type wrapped struct {
	grpc.ServerStream
	ctx context.Context
}

func (w *wrapped) Context() context.Context { return w.ctx }

func streamInterceptor(srv any, ss grpc.ServerStream, info *grpc.StreamServerInfo, handler grpc.StreamHandler) error {
	ctx, span := tracer.Start(ss.Context(), info.FullMethod)
	err := handler(srv, &wrapped{ss, ctx})
	span.End() // want `span is ended by hand`
	return err
}

func streamInterceptorOK(srv any, ss grpc.ServerStream, info *grpc.StreamServerInfo, handler grpc.StreamHandler) error {
	ctx, span := tracer.Start(ss.Context(), info.FullMethod)
	defer span.End()
	return handler(srv, &wrapped{ss, ctx})
}

type clientStream struct {
	grpc.ClientStream
	done func(error)
}

func (c *clientStream) RecvMsg(m any) error {
	err := c.ClientStream.RecvMsg(m)
	if err != nil {
		c.done(err)
	}
	return err
}

func clientInterceptor(ctx context.Context, desc *grpc.StreamDesc, cc *grpc.ClientConn, method string, streamer grpc.Streamer) (grpc.ClientStream, error) {
	ctx, span := tracer.Start(ctx, method)
	s, err := streamer(ctx, desc, cc, method)
	if err != nil {
		span.RecordError(err)
		span.End()
		return nil, err
	}
	return &clientStream{s, func(err error) { span.RecordError(err); span.End() }}, nil
}

func clientInterceptorLost(ctx context.Context, desc *grpc.StreamDesc, cc *grpc.ClientConn, method string, streamer grpc.Streamer) (grpc.ClientStream, error) {
	ctx, span := tracer.Start(ctx, method) // want `span is not ended on every path`
	s, err := streamer(ctx, desc, cc, method)
	if err != nil {
		return nil, err
	}
	return &clientStream{s, func(err error) { span.RecordError(err); span.End() }}, nil
}

func clientEarly(ctx context.Context, desc *grpc.StreamDesc, cc *grpc.ClientConn, method string, streamer grpc.Streamer) (grpc.ClientStream, error) {
	ctx, span := tracer.Start(ctx, method)
	defer span.End() // want `span is ended here, but the stream that leaves the function still works under it`
	return streamer(ctx, desc, cc, method)
}

func deferLitArg(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "x")
	defer func(s trace.Span, t time.Time) {
		s.SetAttributes(attribute.Int64("ms", time.Since(t).Milliseconds()))
		s.End()
	}(span, time.Now())
	return work(ctx)
}

func goLitArg(ctx context.Context) {
	ctx, span := tracer.Start(ctx, "x")
	go func(s trace.Span) {
		defer s.End()
		_ = work(ctx)
	}(span)
}

func goLitArgLost(ctx context.Context) {
	ctx, span := tracer.Start(ctx, "x") // want `span is never ended`
	go func(s trace.Span) {
		s.AddEvent("x")
		_ = work(ctx)
	}(span)
}

func goLitLost(ctx context.Context) {
	ctx, span := tracer.Start(ctx, "x") // want `span is never ended`
	go func() {
		if err := work(ctx); err != nil {
			span.RecordError(err)
		}
	}()
}

type job struct {
	ctx  context.Context
	span trace.Span
}

type pool struct{ q chan job }

func (p *pool) submit(ctx context.Context) {
	ctx, span := tracer.Start(ctx, "job")
	p.q <- job{ctx, span}
}

func (p *pool) run() {
	for j := range p.q {
		_ = work(j.ctx)
		j.span.End()
	}
}

type batch struct {
	mu    sync.Mutex
	open  []trace.Span
	byKey map[string]trace.Span
}

func (b *batch) add(ctx context.Context, k string) {
	_, s := tracer.Start(ctx, "x")
	b.mu.Lock()
	defer b.mu.Unlock()
	b.open = append(b.open, s)
	_, t := tracer.Start(ctx, "y")
	b.byKey[k] = t
}

func (b *batch) flush() {
	b.mu.Lock()
	spans := b.open
	b.open = nil
	b.mu.Unlock()
	for i := range spans {
		spans[i].End()
	}
	for k := range b.byKey {
		b.byKey[k].End()
	}
}

// gin-like
type Ctx struct {
	Request *http.Request
	next    []func(*Ctx)
}

func (c *Ctx) Next() {}

func ginMW(c *Ctx) {
	ctx, span := tracer.Start(c.Request.Context(), "x") // want `span is never ended`
	c.Request = c.Request.WithContext(ctx)
	c.Next()
	span.SetStatus(codes.Ok, "")
}

func ginMWOK(c *Ctx) {
	ctx, span := tracer.Start(c.Request.Context(), "x")
	defer span.End()
	c.Request = c.Request.WithContext(ctx)
	c.Next()
}

func ginSaved(c *Ctx) {
	saved := c.Request.Context()
	defer func() { c.Request = c.Request.WithContext(saved) }()
	ctx, span := tracer.Start(saved, "x")
	defer span.End()
	c.Request = c.Request.WithContext(ctx)
	c.Next()
}

// transport
type rt struct{ base http.RoundTripper }

func (t rt) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx, span := tracer.Start(r.Context(), "rt")
	defer span.End()
	res, err := t.base.RoundTrip(r.WithContext(ctx))
	if err != nil {
		span.RecordError(err)
		return nil, err
	}
	return res, nil
}

// foreign
func fHandler(w http.ResponseWriter, r *http.Request) {
	if span := trace.SpanFromContext(r.Context()); span.IsRecording() {
		defer span.End() // want `the span that trace.SpanFromContext returns belongs to whoever started it, and ending it here cuts it short`
	}
	_, _ = io.WriteString(w, "x")
}

func fMiddleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r)
		span := trace.SpanFromContext(r.Context())
		span.SetAttributes(attribute.String("x", "y"))
		span.End() // want `the span that trace.SpanFromContext returns belongs to whoever started it, and ending it here cuts it short`
	})
}

func fUnary(ctx context.Context, req any, info *grpc.UnaryServerInfo, h grpc.UnaryHandler) (any, error) {
	span := trace.SpanFromContext(ctx)
	res, err := h(ctx, req)
	if err != nil {
		span.SetStatus(codes.Error, err.Error())
	}
	span.End() // want `the span that trace.SpanFromContext returns belongs to whoever started it, and ending it here cuts it short`
	return res, err
}

func fTimeout(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	defer trace.SpanFromContext(ctx).End() // want `the span that trace.SpanFromContext returns belongs to whoever started it, and ending it here cuts it short`
	return work(ctx)
}

func fReassigned(ctx context.Context) error {
	ctx = context.WithValue(ctx, "k", 1)
	span := trace.SpanFromContext(ctx)
	defer span.End() // want `the span that trace.SpanFromContext returns belongs to whoever started it, and ending it here cuts it short`
	return work(ctx)
}

func fOwnChild(ctx context.Context) error {
	ctx, _ = tracer.Start(ctx, "child")
	ctx = context.WithValue(ctx, "k", 1)
	span := trace.SpanFromContext(ctx)
	defer span.End()
	return work(ctx)
}

func fReadOnly(ctx context.Context) string {
	return trace.SpanFromContext(ctx).SpanContext().TraceID().String()
}

type endable interface{ End(...trace.SpanEndOption) }

func fIface(ctx context.Context) {
	var e endable = trace.SpanFromContext(ctx)
	defer e.End() // want `the span that trace.SpanFromContext returns belongs to whoever started it, and ending it here cuts it short`
}

func fMethodValue(ctx context.Context) {
	end := trace.SpanFromContext(ctx).End
	defer end() // want `the span that trace.SpanFromContext returns belongs to whoever started it, and ending it here cuts it short`
}

func fAlias(ctx context.Context) {
	s := trace.SpanFromContext(ctx)
	t := s
	defer t.End() // want `the span that trace.SpanFromContext returns belongs to whoever started it, and ending it here cuts it short`
}

func fGo(ctx context.Context) {
	s := trace.SpanFromContext(ctx)
	go func() {
		defer s.End() // want `the span that trace.SpanFromContext returns belongs to whoever started it, and ending it here cuts it short`
		_ = work(context.WithoutCancel(ctx))
	}()
}
