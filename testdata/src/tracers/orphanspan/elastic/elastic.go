// Package elastic launches work below transactions that end before it.
package elastic

import (
	"context"

	"go.elastic.co/apm/v2"
)

func endedTransaction(work func(context.Context) error) {
	tx := apm.DefaultTracer().StartTransaction("all", "task")
	defer tx.End()
	ctx := apm.ContextWithTransaction(context.Background(), tx)
	go work(ctx) // want `goroutine goes on after the span in ctx has ended, so its spans hang below a parent that is gone`
}

func silentBelowTheWork(work func(context.Context) error) error {
	tx := apm.DefaultTracer().StartTransaction("all", "task")
	defer tx.End()
	return work(apm.ContextWithTransaction(context.Background(), tx))
}
