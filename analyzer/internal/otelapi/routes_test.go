package otelapi

import (
	"go/types"
	"testing"
)

// registers reports whether fn has a text and a handler for the arguments of
// the route.
func registers(fn *types.Func, r Route) bool {
	params := fn.Signature().Params()
	if max(r.Pattern, r.Handler) >= params.Len() || !types.Identical(params.At(r.Pattern).Type(), types.Typ[types.String]) {
		return false
	}
	t := params.At(r.Handler).Type()
	if sig, ok := t.Underlying().(*types.Signature); ok {
		_, ok = HandlerSlot(sig)
		return ok
	}
	return method(t, "ServeHTTP") != nil
}

func TestOnePath(t *testing.T) {
	for pattern, want := range map[string]bool{
		"/query": true, "GET /query": true, "example.org/query": true, "POST example.org/a/b": true, "/a/{$}": true, "/{$}": true,
		"": false, "GET": false, "/": false, "/a/": false, "GET /a/": false, "example.org/": false,
		"/{id}": false, "/a/{id}/b": false, "/a/{rest...}": false, "/{id}/{$}": false,
	} {
		if got := ServeMux.OnePath(pattern); got != want {
			t.Errorf("%q has one path: %v", pattern, got)
		}
	}
}
