//ruletest:flags -spanend

package badignore

import (
	"context"

	"go.opentelemetry.io/otel"
)

var tracer = otel.Tracer("src/badignore")

func work(ctx context.Context) error { return ctx.Err() }

// Silenced: nothing is to be said about these.

func aboveTheLine(ctx context.Context) {
	//spanlint:ignore spanend.lost the process ends with it
	_, span := tracer.Start(ctx, "above")
	span.AddEvent("x")
}

func behindTheLine(ctx context.Context) {
	_, span := tracer.Start(ctx, "behind") //spanlint:ignore spanend the process ends with it
	span.AddEvent("x")
}

func lineOfTheFinding(ctx context.Context) error {
	_, span :=
		//spanlint:ignore spanend.lost the process ends with it
		tracer.Start(ctx, "second line")
	span.AddEvent("x")
	return nil
}

// Without a reason nothing is silenced.

func noReason(ctx context.Context) {
	//spanlint:ignore spanend // want "directive silences nothing: it gives no reason for ignoring spanend"
	_, span := tracer.Start(ctx, "above")
	span.AddEvent("x")
}

func noWordInIt(ctx context.Context) {
	_, span := tracer.Start(ctx, "behind") //spanlint:ignore spanend.lost --- // want "it gives no reason for ignoring spanend.lost"
	span.AddEvent("x")
}

// Names of nothing.

func noName(ctx context.Context) error {
	//spanlint:ignore // want "directive silences nothing: it names no rule"
	return work(ctx)
}

func slipInCategory(ctx context.Context) {
	//spanlint:ignore spanend.lots it ends by itself // want `directive does not silence spanend.lots: spanend has no category "lots", perhaps lost is meant`
	_, span := tracer.Start(ctx, "above")
	span.AddEvent("x")
}

func otherCategory(ctx context.Context) {
	//spanlint:ignore spanend.canceled it ends by itself // want `spanend has no category "canceled", only lost, manual, loop, foreign, early, late, uncalled, phase`
	_, span := tracer.Start(ctx, "above")
	span.AddEvent("x")
}

// Silencing nothing.

func unusedAbove(ctx context.Context) error {
	//spanlint:ignore spanend it was a mistake once // want "directive silences nothing: there is no finding of spanend in its line"
	return work(ctx)
}

func unusedBehind(ctx context.Context) error {
	return work(ctx) //spanlint:ignore spanend.lost it was a mistake once // want "there is no finding of spanend.lost in its line"
}

func unusedForOneOfTwo(ctx context.Context) {
	//spanlint:ignore spanend.lost,spanend.loop the process ends with it // want "there is no finding of spanend.loop in its line"
	_, span := tracer.Start(ctx, "above")
	span.AddEvent("x")
}

func unusedForAll(ctx context.Context) error {
	//spanlint:ignore spanend.late,spanend.loop it was a mistake once // want "there is no finding of spanend.late,spanend.loop in its line"
	return work(ctx)
}

func unusedTooFarAbove(ctx context.Context) error {
	//spanlint:ignore spanend it was a mistake once // want "there is no finding of spanend in its line"

	return work(ctx)
}

// documented has a directive that gofmt has set apart from its text.
//
//spanlint:ignore spanend it was a mistake once // want "there is no finding of spanend in its line"
func documented(ctx context.Context) error {
	return work(ctx)
}

func unusedAmongOthers(ctx context.Context) error {
	// This stays.
	//spanlint:ignore spanend it was a mistake once // want "there is no finding of spanend in its line"
	// This stays as well.
	return work(ctx)
}

func unusedInColumns(ctx context.Context) (err error) {
	err = work(ctx) // the first
	_, err = 0, err //spanlint:ignore spanend it was a mistake once // want "there is no finding of spanend in its line"
	work(ctx)       // the last
	return
}
