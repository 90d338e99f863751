package otelapi

import (
	"go/types"
	"strings"
)

// A Route says which arguments of a function that registers a handler are the
// pattern and the handler, and how patterns are written. Arguments after the
// handler are handlers, too.
type Route struct {
	Pattern, Handler int
	Syntax           Syntax
}

// routers has the types whose methods register handlers: those that take a
// pattern and then a handler.
//
// Read from net/http of Go 1.26, github.com/go-chi/chi/v5 v5.5.0,
// github.com/gorilla/mux v1.8.1, github.com/gin-gonic/gin v1.12.0,
// github.com/labstack/echo/v4 v4.16.0, github.com/labstack/echo/v5 v5.3.1,
// github.com/julienschmidt/httprouter v1.3.0, github.com/gofiber/fiber/v2
// v2.52.15.
var routers = map[string]Syntax{
	"net/http.ServeMux":                          ServeMux,
	"github.com/go-chi/chi/v5.Mux":               Braces,
	"github.com/go-chi/chi/v5.Router":            Braces,
	"github.com/gorilla/mux.Router":              Braces,
	"github.com/gin-gonic/gin.RouterGroup":       Colons,
	"github.com/gin-gonic/gin.IRoutes":           Colons,
	"github.com/labstack/echo/v4.Echo":           Colons,
	"github.com/labstack/echo/v4.Group":          Colons,
	"github.com/labstack/echo/v5.Echo":           Colons,
	"github.com/labstack/echo/v5.Group":          Colons,
	"github.com/julienschmidt/httprouter.Router": Colons,
	"github.com/gofiber/fiber/v2.App":            Colons,
	"github.com/gofiber/fiber/v2.Group":          Colons,
	"github.com/gofiber/fiber/v2.Router":         Colons,
}

// prefixes are the methods of routers whose handlers get requests for other
// paths than the pattern: all below it, or those that no route matches.
var prefixes = map[string]bool{"Group": true, "Mount": true, "RouteNotFound": true}

// RouteOf returns what fn registers handlers by.
func RouteOf(fn *types.Func) (Route, bool) {
	if fn == nil || fn.Pkg() == nil || !fn.Exported() {
		return Route{}, false
	}
	syntax := ServeMux
	if recv := fn.Signature().Recv(); recv != nil {
		var ok bool
		if syntax, ok = routerSyntax(recv.Type()); !ok || prefixes[fn.Name()] {
			return Route{}, false
		}
	} else if k := key(fn); k != "net/http.Handle" && k != "net/http.HandleFunc" {
		return Route{}, false
	}
	params := fn.Signature().Params()
	for i := 1; i < params.Len(); i++ {
		t := params.At(i).Type()
		if s, ok := t.(*types.Slice); ok && fn.Signature().Variadic() {
			t = s.Elem()
		}
		if isHandler(t) && isString(params.At(i-1).Type()) {
			return Route{i - 1, i, syntax}, true
		}
	}
	return Route{}, false
}

func routerSyntax(t types.Type) (Syntax, bool) {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || named.Obj().Pkg() == nil {
		return 0, false
	}
	s, ok := routers[named.Obj().Pkg().Path()+"."+named.Obj().Name()]
	return s, ok
}

// isHandler reports whether values of t serve requests.
func isHandler(t types.Type) bool {
	if sig, ok := t.Underlying().(*types.Signature); ok {
		_, ok = HandlerSlot(sig)
		return ok
	}
	return method(t, "ServeHTTP") != nil
}

func isString(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Kind() == types.String
}

// A Syntax is that of the patterns of a router.
type Syntax int

const (
	// ServeMux is that of net/http since Go 1.22.
	ServeMux Syntax = iota
	// Braces has parameters in braces, and an asterisk for the rest.
	Braces
	// Colons has parameters behind a colon, and an asterisk for the rest.
	Colons
)

// OnePath reports whether requests that match the pattern have all one path. A
// method and a host before it say nothing about paths.
func (s Syntax) OnePath(pattern string) bool {
	i := strings.IndexByte(pattern, '/')
	return i >= 0 && s.OneEnd(pattern[i:])
}

// OneEnd is OnePath for the end of a pattern.
func (s Syntax) OneEnd(pattern string) bool {
	if rest, ok := strings.CutSuffix(pattern, "/{$}"); ok && s == ServeMux {
		pattern = rest + "/$" // this path, and none below it
	}
	return pattern != "" && !strings.HasSuffix(pattern, "/") && !s.Varies(pattern)
}

// Varies reports whether a part of a pattern matches several texts.
func (s Syntax) Varies(part string) bool {
	switch s {
	case Braces:
		return strings.ContainsAny(part, "{*")
	case Colons:
		return strings.ContainsAny(part, ":*+?")
	}
	return strings.Contains(part, "{")
}

// PathOf reports whether the field, or the method, of a URL or of the context of
// a framework is the path of a request alone, without what is asked for.
func PathOf(recv types.Type, name string) bool {
	switch {
	case isPointerTo(recv, "net/url", "URL"), isNamed(recv, "net/url", "URL"):
		return name == "Path" || name == "RawPath" || name == "EscapedPath"
	case isPointerTo(recv, "github.com/gofiber/fiber/v2", "Ctx"):
		return name == "Path"
	}
	return false
}
