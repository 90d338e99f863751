// Package app starts its spans with wrappers of another package.
package app

import (
	"context"
	"net/http"

	"src/spanname/facts/tracing"
)

func wrapped(w http.ResponseWriter, r *http.Request) {
	ctx, span := tracing.Start(r.Context(), r.URL.Path) // want `r.URL.Path becomes part of a span name in Start`
	defer span.End()
	_ = tracing.Run(ctx, "get "+r.PathValue("id"), work) // want `becomes part of a span name in Run`
}

func silentWrapped(w http.ResponseWriter, r *http.Request) {
	ctx, span := tracing.Start(r.Context(), "get")
	defer span.End()
	tracing.Note(ctx, r.URL.Path)
	_ = tracing.Run(ctx, "work", work)
}

func work(ctx context.Context) error { return ctx.Err() }
