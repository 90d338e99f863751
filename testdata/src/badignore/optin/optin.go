//ruletest:flags -spanend

// Package optin has directives for categories that are off.
package optin

import (
	"context"

	"go.opentelemetry.io/otel"
)

var tracer = otel.Tracer("src/badignore/optin")

func ofUseInStrict(ctx context.Context) error {
	_, span := tracer.Start(ctx, "phase")
	if err := ctx.Err(); err != nil {
		span.End() //spanlint:ignore spanend.phase nothing panics here
		return err
	}
	span.End()
	return after(ctx)
}

func ruleOfUseInStrict(ctx context.Context) error {
	_, span := tracer.Start(ctx, "phase")
	if err := ctx.Err(); err != nil {
		span.End() //spanlint:ignore spanend nothing panics here
		return err
	}
	span.End()
	return after(ctx)
}

func silentForCategory(ctx context.Context) error {
	return after(ctx) //spanlint:ignore spanend.phase the category is off, so nothing is said
}

func unusedEvenInStrict(ctx context.Context) error {
	return after(ctx) //spanlint:ignore spanend nothing to see // want "there is no finding of spanend in its line"
}

func after(ctx context.Context) error { return ctx.Err() }
