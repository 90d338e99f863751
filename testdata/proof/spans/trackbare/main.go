// Trackbare has a group for its work, and does not use it.
package main

import (
	"context"
	"net/http"
	"sync"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/trace"

	"proof/spans/probe"
)

var tracer = otel.Tracer("trackbare")

type service struct{ background sync.WaitGroup }

func (s *service) handle(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	go func() {
		ctx, span := tracer.Start(context.WithoutCancel(ctx), "job", trace.WithNewRoot(), trace.WithLinks(trace.LinkFromContext(ctx)))
		defer span.End()
		probe.Call(ctx, "mail")
	}()
}

func (s *service) Close() { s.background.Wait() }

func main() {
	s := new(service)
	probe.Serve(s.handle, s.Close)
}
