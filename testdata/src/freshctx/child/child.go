// With -detach=child a root without a link becomes a child of its origin.
//
//ruletest:flags -detach=child
package child

import (
	"context"
	"net/http"
	"sync"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/trace"
)

var tracer = otel.Tracer("freshctx/child")

type audit struct{ wg sync.WaitGroup }

func (a *audit) Close() { a.wg.Wait() }

func (a *audit) record(ctx context.Context, what string) error {
	_, span := tracer.Start(ctx, "record")
	defer span.End()
	return ctx.Err()
}

func (a *audit) rootFromBackground(w http.ResponseWriter, r *http.Request) {
	a.wg.Add(1)
	go func() {
		defer a.wg.Done()
		ctx, span := tracer.Start(context.Background(), "audit") // want `no link to`
		defer span.End()
		_ = a.record(ctx, "read")
	}()
}

func (a *audit) rootByVariable(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	_ = a.record(ctx, "write")
	a.wg.Add(1)
	go func() {
		defer a.wg.Done()
		bg, span := tracer.Start(context.Background(), "audit") // want `no link to`
		defer span.End()
		_ = a.record(bg, "write")
	}()
}

// A new root on purpose cannot become a child: it gets the link.
func (a *audit) newRoot(w http.ResponseWriter, r *http.Request) {
	a.wg.Add(1)
	go func() {
		defer a.wg.Done()
		ctx, span := tracer.Start(context.Background(), "audit", trace.WithNewRoot()) // want `no link to`
		defer span.End()
		_ = a.record(ctx, "read")
	}()
}
