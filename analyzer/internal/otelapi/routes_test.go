package otelapi

import (
	"go/types"
	"slices"
	"strings"
	"testing"
)

// What registers handlers is found by its shape; these are all that have it.
var registering = map[string]string{
	"net/http":                                   "Handle HandleFunc",
	"net/http.ServeMux":                          "Handle HandleFunc",
	"github.com/go-chi/chi/v5.Mux":               "Connect Delete Get Handle HandleFunc Head Method MethodFunc Options Patch Post Put Query Trace",
	"github.com/go-chi/chi/v5.Router":            "Connect Delete Get Handle HandleFunc Head Method MethodFunc Options Patch Post Put Query Trace",
	"github.com/gorilla/mux.Router":              "Handle HandleFunc",
	"github.com/gin-gonic/gin.IRoutes":           "Any DELETE GET HEAD Handle Match OPTIONS PATCH POST PUT",
	"github.com/gin-gonic/gin.RouterGroup":       "Any DELETE GET HEAD Handle Match OPTIONS PATCH POST PUT",
	"github.com/labstack/echo/v4.Echo":           "Add Any CONNECT DELETE GET HEAD Match OPTIONS PATCH POST PUT TRACE",
	"github.com/labstack/echo/v4.Group":          "Add Any CONNECT DELETE GET HEAD Match OPTIONS PATCH POST PUT TRACE",
	"github.com/labstack/echo/v5.Echo":           "Add Any CONNECT DELETE GET HEAD Match OPTIONS PATCH POST PUT QUERY TRACE",
	"github.com/labstack/echo/v5.Group":          "Add Any CONNECT DELETE GET HEAD Match OPTIONS PATCH POST PUT QUERY TRACE",
	"github.com/julienschmidt/httprouter.Router": "DELETE GET HEAD Handle Handler HandlerFunc OPTIONS PATCH POST PUT",
	"github.com/gofiber/fiber/v2.App":            "Add All Connect Delete Get Head Options Patch Post Put Trace",
	"github.com/gofiber/fiber/v2.Group":          "Add All Connect Delete Get Head Options Patch Post Put Trace",
	"github.com/gofiber/fiber/v2.Router":         "Add All Connect Delete Get Head Options Patch Post Put Trace",
}

func TestRoutes(t *testing.T) {
	var paths []string
	for name := range routers {
		paths = append(paths, parseType(name).path)
	}
	slices.Sort(paths)
	got := make(map[string][]string)
	for _, pkg := range checkIn(t, testdata("handlers"), importing(slices.Compact(paths))).Imports() {
		all := make(map[string]*types.Func)
		functions(pkg, all)
		for _, fn := range all {
			r, ok := RouteOf(fn)
			if !ok {
				continue
			}
			name := pkg.Path()
			if recv := fn.Signature().Recv(); recv != nil {
				name = strings.TrimLeft(types.TypeString(recv.Type(), nil), "*")
			}
			got[name] = append(got[name], fn.Name())
			params := fn.Signature().Params()
			if want := params.At(r.Pattern).Name(); want != "" && want != "pattern" && want != "path" && want != "relativePath" {
				t.Errorf("%s: %s is no pattern", fn.FullName(), want)
			}
		}
	}
	for name := range registering {
		slices.Sort(got[name])
		if found := strings.Join(got[name], " "); found != registering[name] {
			t.Errorf("%s registers by %s, want %s", name, found, registering[name])
		}
	}
	for name := range routers {
		if registering[name] == "" {
			t.Errorf("nothing is known of %s", name)
		}
	}
}

func TestOnePath(t *testing.T) {
	for pattern, want := range map[string]bool{
		"/query": true, "GET /query": true, "example.org/query": true, "POST example.org/a/b": true, "/a/{$}": true, "/{$}": true, "/a:b*": true,
		"": false, "GET": false, "/": false, "/a/": false, "GET /a/": false, "example.org/": false,
		"/{id}": false, "/a/{id}/b": false, "/a/{rest...}": false, "/{id}/{$}": false,
	} {
		if got := ServeMux.OnePath(pattern); got != want {
			t.Errorf("%q has one path: %v", pattern, got)
		}
	}
	for pattern, want := range map[string][2]bool{
		"/a": {true, true}, "/{id}": {false, true}, "/:id": {true, false}, "/a/*": {false, false}, "/*rest": {false, false}, "/a/{$}": {false, true}, "/": {false, false},
	} {
		if got := [2]bool{Braces.OnePath(pattern), Colons.OnePath(pattern)}; got != want {
			t.Errorf("%q has one path: %v", pattern, got)
		}
	}
}
