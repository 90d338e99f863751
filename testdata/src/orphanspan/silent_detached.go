package orphanspan

import (
	"context"
	"net/http"
	"time"

	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// Detached, with a span of its own: what we ask for, in its spellings.

func silentDetachedSpan(ctx context.Context, o order) {
	go func() {
		ctx, span := tracer.Start(context.WithoutCancel(ctx), "notify", trace.WithNewRoot(), trace.WithLinks(trace.LinkFromContext(ctx)))
		defer span.End()
		audit(ctx, o)
	}()
}

func silentDetachedChild(ctx context.Context, o order) {
	go func() {
		ctx, span := tracer.Start(context.WithoutCancel(ctx), "notify")
		defer span.End()
		audit(ctx, o)
	}()
}

func silentDetachedBefore(ctx context.Context, o order) {
	ctx, span := tracer.Start(context.WithoutCancel(ctx), "notify", trace.WithNewRoot())
	go func() {
		defer span.End()
		audit(ctx, o)
	}()
}

func silentLinkTakenBefore(ctx context.Context, o order) {
	link := trace.LinkFromContext(ctx)
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		ctx, span := tracer.Start(ctx, "notify", trace.WithNewRoot(), trace.WithLinks(link))
		defer span.End()
		audit(ctx, o)
	}()
}

func silentSpanContextCut(ctx context.Context, o order) {
	go func() {
		c := trace.ContextWithSpanContext(context.WithoutCancel(ctx), trace.SpanContext{})
		c, span := tracer.Start(c, "notify", trace.WithLinks(trace.LinkFromContext(ctx)))
		defer span.End()
		audit(c, o)
	}()
}

func startDetached(ctx context.Context, name string) (context.Context, trace.Span) {
	return tracer.Start(context.WithoutCancel(ctx), name, trace.WithNewRoot(), trace.WithLinks(trace.LinkFromContext(ctx)))
}

func silentDetachingStarter(ctx context.Context, o order) {
	go func() {
		ctx, span := startDetached(ctx, "notify")
		defer span.End()
		audit(ctx, o)
	}()
}

func runDetached(ctx context.Context, name string, f func(context.Context)) {
	go func() {
		ctx, span := startDetached(ctx, name)
		defer span.End()
		f(ctx)
	}()
}

func silentDetachingLauncher(ctx context.Context, o order) {
	runDetached(ctx, "notify", func(ctx context.Context) { audit(ctx, o) })
}

// The callee detaches.

func shadow(ctx context.Context, o order) {
	ctx = context.WithoutCancel(ctx)
	ctx, span := tracer.Start(ctx, "shadow")
	defer span.End()
	audit(ctx, o)
}

func silentCalleeDetaches(ctx context.Context, o order) { go shadow(ctx, o) }

func shadowLater(ctx context.Context, o order) { shadow(ctx, o) }

func silentCalleeDetachesTwoDeep(ctx context.Context, o order) { go shadowLater(ctx, o) }

func carried(ctx context.Context, o order) {
	ctx = trace.ContextWithSpanContext(context.Background(), trace.SpanContextFromContext(ctx))
	ctx, span := tracer.Start(ctx, "carried")
	defer span.End()
	audit(ctx, o)
}

func silentCalleeCarries(ctx context.Context, o order) { go carried(ctx, o) }

// The wrapper is the callee's.
func silentWrapperInCallee(ctx context.Context, o order) {
	go notify(context.WithoutCancel(ctx), o)
}

func silentWrapperInCalleeOfHandler(w http.ResponseWriter, r *http.Request) {
	ctx := context.WithoutCancel(r.Context())
	go func() { notify(ctx, order{}) }()
}

// Nothing proves that the work traces.
func silentMayTrace(ctx context.Context, o order) {
	go db.Save(context.WithoutCancel(ctx), o)
}

// Carried by hand, and extracted.
func silentExtracted(ctx context.Context, o order) {
	carrier := propagation.MapCarrier{}
	propagation.TraceContext{}.Inject(ctx, carrier)
	go func() {
		ctx := propagation.TraceContext{}.Extract(context.Background(), carrier)
		ctx, span := tracer.Start(ctx, "notify")
		defer span.End()
		audit(ctx, o)
	}()
}

// Hooks of a life cycle have a short context, and detach.
type lifecycle struct {
	OnStart func(context.Context) error
	OnStop  func(context.Context) error
}

func silentHook(s *service) lifecycle {
	return lifecycle{OnStart: func(ctx context.Context) error {
		go run(context.WithoutCancel(ctx), s)
		return nil
	}}
}

// A deliberate deadline, on a detached context.
func silentOwnDeadline(ctx context.Context, o order) {
	go func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
		defer cancel()
		ctx, span := tracer.Start(ctx, "notify", trace.WithNewRoot())
		defer span.End()
		audit(ctx, o)
	}()
}

// Where a context differs by path, that is what the author decides by.
func silentDetachedOnSomePath(ctx context.Context, o order, wait bool) {
	c := ctx
	if !wait {
		c = context.WithoutCancel(ctx)
	}
	go db.Save(c, o)
}
