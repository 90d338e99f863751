// Package xray has segments of AWS X-Ray, whose end is told the error.
package xray

import (
	"context"
	"errors"

	"github.com/aws/aws-xray-sdk-go/xray"
)

var errBoom = errors.New("boom")

func work(ctx context.Context) error { return ctx.Err() }

func ids(ctx context.Context) []string { return nil }

// No deferred Close(nil) here: it would hide the error.
func lostOnErrorPath(ctx context.Context) error {
	ctx, seg := xray.BeginSubsegment(ctx, "load") // want `span seg is not ended on every path`
	if err := work(ctx); err != nil {
		return err
	}
	seg.Close(nil)
	return nil
}

func lostForGood(ctx context.Context) {
	ctx, seg := xray.BeginSegment(ctx, "load") // want `span seg is never ended`
	_ = seg.AddAnnotation("k", 1)
	_ = ids(ctx)
}

func lostDiscarded(ctx context.Context) []string {
	ctx, _ = xray.BeginSubsegment(ctx, "load") // want `span started by xray.BeginSubsegment is discarded`
	return ids(ctx)
}

func manualClose(ctx context.Context) []string {
	ctx, seg := xray.BeginSubsegment(ctx, "load")
	list := ids(ctx)
	seg.Close(nil) // want `span seg is ended by hand, so a panic`
	return list
}

func inLoop(ctx context.Context, n int) {
	for range n {
		ctx, seg := xray.BeginSubsegment(ctx, "round")
		defer seg.Close(nil) // want `deferred Close of span seg in a loop`
		_ = ids(ctx)
	}
}

func foreignClose(ctx context.Context) {
	seg := xray.GetSegment(ctx)
	_ = seg.AddAnnotation("k", 1)
	seg.Close(nil) // want `the span that xray.GetSegment returns belongs`
}

// What the segment is told is the error of the work: this is how it is meant.
func silentByHand(ctx context.Context) error {
	ctx, seg := xray.BeginSubsegment(ctx, "load")
	err := work(ctx)
	seg.Close(err)
	return err
}

func silentDeferred(ctx context.Context) (err error) {
	ctx, seg := xray.BeginSubsegment(ctx, "load")
	defer func() { seg.Close(err) }()
	return work(ctx)
}

func silentNil(ctx context.Context) {
	ctx, seg := xray.BeginSubsegment(ctx, "load")
	if seg != nil {
		defer seg.Close(nil)
	}
	_ = ids(ctx)
}

func silentStream(ctx context.Context) error {
	ctx, seg := xray.BeginSubsegment(ctx, "load")
	defer seg.CloseAndStream(nil)
	return work(ctx)
}

// Capture ends its segment itself.
func silentCapture(ctx context.Context) error {
	return xray.Capture(ctx, "load", func(ctx context.Context) error {
		_ = xray.AddAnnotation(ctx, "k", 1)
		return work(ctx)
	})
}

// The platform closes the segment that a facade stands for.
func silentFacade(ctx context.Context) error {
	ctx, seg := xray.BeginFacadeSegment(ctx, "load", nil)
	_ = seg.AddAnnotation("k", 1)
	return work(ctx)
}

func silentLate(ctx context.Context) {
	ctx, seg := xray.BeginSubsegment(ctx, "load")
	defer func() { _ = seg.AddMetadata("k", 1) }()
	defer seg.Close(nil)
	_ = ids(ctx)
}

func silentFails(ctx context.Context) error {
	_, seg := xray.BeginSubsegment(ctx, "load")
	defer seg.Close(errBoom)
	return errBoom
}
