// Package opentracing fills carriers for nothing.
package opentracing

import (
	"context"
	"net/http"

	"github.com/opentracing/opentracing-go"
)

type header struct{ key, value string }

type message struct{ headers []header }

type carrier []header

func (c *carrier) Set(key, value string) { *c = append(*c, header{key, value}) }

type writer interface {
	Write(ctx context.Context, msg message) error
}

func droppedInACopyOfTheHeaders(ctx context.Context, w writer, msg message) error {
	span, ctx := opentracing.StartSpanFromContext(ctx, "publish")
	defer span.Finish()
	c := carrier(msg.headers)
	if err := span.Tracer().Inject(span.Context(), opentracing.TextMap, &c); err != nil { // want `the carrier that span.Tracer\(\).Inject fills goes nowhere, so the trace does not go on`
		return err
	}
	return w.Write(ctx, msg)
}

func silentPutBack(ctx context.Context, w writer, msg message) error {
	span, ctx := opentracing.StartSpanFromContext(ctx, "publish")
	defer span.Finish()
	c := carrier(msg.headers)
	if err := span.Tracer().Inject(span.Context(), opentracing.TextMap, &c); err != nil {
		return err
	}
	msg.headers = c
	return w.Write(ctx, msg)
}

func silentInARequest(ctx context.Context, req *http.Request) error {
	span, ctx := opentracing.StartSpanFromContext(ctx, "call")
	defer span.Finish()
	if err := span.Tracer().Inject(span.Context(), opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(req.Header)); err != nil {
		return err
	}
	_, err := http.DefaultClient.Do(req.WithContext(ctx))
	return err
}
