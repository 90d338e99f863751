package otelapi

import (
	"go/types"
	"strings"
)

// A Route says which arguments of a function that registers a handler are the
// pattern and the handler, and how patterns are written.
type Route struct {
	Pattern, Handler int
	Syntax           Syntax
}

// RouteOf returns what fn registers handlers by.
func RouteOf(fn *types.Func) (Route, bool) {
	if fn == nil {
		return Route{}, false
	}
	r, ok := routes[key(fn)]
	return r, ok
}

// net/http of Go 1.26.
var routes = map[string]Route{
	"net/http.Handle":                 {0, 1, ServeMux},
	"net/http.HandleFunc":             {0, 1, ServeMux},
	"(*net/http.ServeMux).Handle":     {0, 1, ServeMux},
	"(*net/http.ServeMux).HandleFunc": {0, 1, ServeMux},
}

// A Syntax is that of the patterns of a router.
type Syntax int

// ServeMux is the syntax of net/http since Go 1.22.
const ServeMux Syntax = iota

// OnePath reports whether requests that match the pattern have all one path. A
// method and a host before it say nothing about paths.
func (s Syntax) OnePath(pattern string) bool {
	i := strings.IndexByte(pattern, '/')
	return i >= 0 && s.OneEnd(pattern[i:])
}

// OneEnd is OnePath for the end of a pattern.
func (s Syntax) OneEnd(pattern string) bool {
	if rest, ok := strings.CutSuffix(pattern, "/{$}"); ok {
		pattern = rest + "/$" // this path, and none below it
	}
	return pattern != "" && !strings.HasSuffix(pattern, "/") && !strings.Contains(pattern, "{")
}

// PathOf reports whether the field, or the method, of a URL is its path alone,
// without what is asked for.
func PathOf(recv types.Type, name string) bool {
	if !isPointerTo(recv, "net/url", "URL") && !isNamed(recv, "net/url", "URL") {
		return false
	}
	return name == "Path" || name == "RawPath" || name == "EscapedPath"
}
