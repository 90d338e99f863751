// Package xray hands the context of a closed segment on.
package xray

import (
	"context"

	"github.com/aws/aws-xray-sdk-go/xray"
)

func load(ctx context.Context, id string) error {
	return xray.Capture(ctx, id, func(context.Context) error { return nil })
}

func endedBeforeNext(ctx context.Context, id string) error {
	ctx, first := xray.BeginSubsegment(ctx, "first")
	err := load(ctx, id)
	first.Close(err)

	ctx, second := xray.BeginSubsegment(ctx, "second") // want `xray.BeginSubsegment gets ctx after the end of span first, so what it starts hangs below an ended span`
	err = load(ctx, id)
	second.Close(err)
	return err
}

func endedBeforeWork(ctx context.Context, id string) error {
	ctx, seg := xray.BeginSubsegment(ctx, "first")
	err := load(ctx, id)
	seg.Close(err)
	return load(ctx, id) // want `load gets ctx after the end of span seg, so what it starts hangs below an ended span`
}

func silentWithNamesOfTheirOwn(ctx context.Context, id string) error {
	ctx1, first := xray.BeginSubsegment(ctx, "first")
	err := load(ctx1, id)
	first.Close(err)

	ctx2, second := xray.BeginSubsegment(ctx, "second")
	err = load(ctx2, id)
	second.Close(err)
	return err
}

func silentWhileOpen(ctx context.Context, id string) error {
	ctx, first := xray.BeginSubsegment(ctx, "first")
	defer first.Close(nil)
	ctx, second := xray.BeginSubsegment(ctx, "second")
	defer second.Close(nil)
	return load(ctx, id)
}
