package spanname

import (
	"context"
	"net/http"
)

// A field that only ever holds one function is as good as its name.

type transport struct {
	base http.RoundTripper
	name func(*http.Request) string
}

func newTransport(base http.RoundTripper) *transport {
	return &transport{base: base, name: pathOf}
}

func pathOf(r *http.Request) string { return r.URL.Path }

func (t *transport) variableByItsFormatter(r *http.Request) (*http.Response, error) {
	ctx, span := tracer.Start(r.Context(), t.name(r)) // want `span name contains t.name\(r\), so there are as many names as values`
	defer span.End()
	return t.base.RoundTrip(r.WithContext(ctx))
}

func variableByALiteral(r *http.Request) context.Context {
	name := func(r *http.Request) string { return "GET " + r.URL.Path }
	ctx, span := tracer.Start(r.Context(), name(r)) // want `span name contains name\(r\)`
	defer span.End()
	return ctx
}

type formatted struct {
	name func(*http.Request) string
}

func newFormatted(name func(*http.Request) string) *formatted {
	f := &formatted{name: name}
	if name == nil {
		f.name = pathOf
	}
	return f
}

// Who sets it up chooses.
func (f *formatted) silentWhereSomebodyChooses(r *http.Request) {
	_, span := tracer.Start(r.Context(), f.name(r))
	defer span.End()
}

type fixed struct{ name func(string) string }

func newFixed() *fixed {
	return &fixed{name: func(string) string { return "fixed" }}
}

func (f *fixed) silentForAConstant(ctx context.Context, id string) {
	_, span := tracer.Start(ctx, f.name(id))
	defer span.End()
}
