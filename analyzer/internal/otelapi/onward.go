package otelapi

import "go/types"

// HandsOn reports whether a call hands a request on to handlers, or a call of
// a client to its transport, which trace if anything does: fn is what is
// called, nil for function values, and fun the type of the called expression.
func HandsOn(fn *types.Func, fun types.Type) bool {
	if fn != nil && onward[key(fn)] {
		return true
	}
	named, ok := types.Unalias(fun).(*types.Named)
	if !ok || named.Obj().Pkg() == nil {
		return false
	}
	return onwardTypes[named.Obj().Pkg().Path()+"."+named.Obj().Name()]
}

var onward = map[string]bool{
	"(net/http.Handler).ServeHTTP":     true,
	"(net/http.HandlerFunc).ServeHTTP": true,
	"(*net/http.ServeMux).ServeHTTP":   true,
}

var onwardTypes = map[string]bool{
	"net/http.HandlerFunc":                true,
	"google.golang.org/grpc.UnaryHandler": true, // google.golang.org/grpc v1.83.2
	"google.golang.org/grpc.UnaryInvoker": true,
	"google.golang.org/grpc.Streamer":     true,
	"connectrpc.com/connect.UnaryFunc":    true, // connectrpc.com/connect v1.18.1
}

// SetsSpanOf reports whether fn puts a span into a context.
func SetsSpanOf(fn *types.Func) bool {
	d, ok := DerivationOf(fn)
	return ok && d.Effect == SetsSpan
}
