// Package datadog launches work below spans that are finished before it.
package datadog

import (
	"context"
	"sync"

	"github.com/DataDog/dd-trace-go/v2/ddtrace/tracer"
)

func endedBeforeTheWork(work func(context.Context) error) {
	span, ctx := tracer.StartSpanFromContext(context.Background(), "all")
	defer span.Finish()
	go func() { // want `goroutine goes on after the span in ctx has ended, so its spans hang below a parent that is gone`
		_ = work(ctx)
	}()
}

func silentWhenJoined(work func(context.Context) error) {
	span, ctx := tracer.StartSpanFromContext(context.Background(), "all")
	defer span.Finish()
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		_ = work(ctx)
	}()
	wg.Wait()
}
