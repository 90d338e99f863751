package otelapi

import (
	"go/types"
	"strings"
)

// Begins reports whether fn makes a context, or a request, that is derived
// from none although one could have been given.
func Begins(fn *types.Func) bool { return fn != nil && beginners[key(fn)] }

var beginners = map[string]bool{
	"context.Background":  true,
	"context.TODO":        true,
	"net/http.NewRequest": true,
}

// Contextless reports whether fn does what it does on a context of its own, although
// it has a sibling that is given one: to send a request, or a statement.
func Contextless(fn *types.Func) bool { return fn != nil && contextless[fn.FullName()] }

var contextless = map[string]bool{
	"net/http.Get":                true,
	"net/http.Head":               true,
	"net/http.Post":               true,
	"net/http.PostForm":           true,
	"(*net/http.Client).Get":      true,
	"(*net/http.Client).Head":     true,
	"(*net/http.Client).Post":     true,
	"(*net/http.Client).PostForm": true,

	"(*database/sql.DB).Exec":       true,
	"(*database/sql.DB).Query":      true,
	"(*database/sql.DB).QueryRow":   true,
	"(*database/sql.Stmt).Exec":     true,
	"(*database/sql.Stmt).Query":    true,
	"(*database/sql.Stmt).QueryRow": true,
	"(*database/sql.Tx).Exec":       true,
	"(*database/sql.Tx).Query":      true,
	"(*database/sql.Tx).QueryRow":   true,
}

// Undecided reports whether fn stands for a context that is not decided on.
func Undecided(fn *types.Func) bool { return fn != nil && key(fn) == "context.TODO" }

// Appends reports whether fn adds to what a context sends along with every call
// made on it, where the same key may be sent already: a token, a user. Whoever
// does that to a fresh context wants to be the only one who is sent.
func Appends(fn *types.Func) bool { return fn != nil && appenders[key(fn)] }

var appenders = map[string]bool{
	"google.golang.org/grpc/metadata.AppendToOutgoingContext": true, // google.golang.org/grpc v1.83.2
}

// Stops reports whether calls of fn shut something down that lives as long as
// the process, for which a context of its own is right.
func Stops(fn *types.Func) bool { return fn != nil && stoppers[key(fn)] }

var stoppers = map[string]bool{
	"(*net/http.Server).Shutdown":                                     true,
	"(*go.opentelemetry.io/otel/sdk/trace.TracerProvider).Shutdown":   true,
	"(*go.opentelemetry.io/otel/sdk/trace.TracerProvider).ForceFlush": true,
	"(*go.opentelemetry.io/otel/sdk/metric.MeterProvider).Shutdown":   true,
	"(*go.opentelemetry.io/otel/sdk/metric.MeterProvider).ForceFlush": true,
	"(*go.opentelemetry.io/otel/sdk/log.LoggerProvider).Shutdown":     true,
	"(*go.opentelemetry.io/otel/sdk/log.LoggerProvider).ForceFlush":   true,
	"(go.opentelemetry.io/otel/sdk/trace.SpanExporter).Shutdown":      true,
	"(go.opentelemetry.io/otel/sdk/trace.SpanProcessor).Shutdown":     true,
	"(go.opentelemetry.io/otel/sdk/trace.SpanProcessor).ForceFlush":   true,
	"(*github.com/labstack/echo/v4.Echo).Shutdown":                    true,
	"(*github.com/gofiber/fiber/v2.App).ShutdownWithContext":          true,

	// github.com/grafana/dskit v0.0.0-20260703122047-de1ec7541c44
	"github.com/grafana/dskit/services.StopAndAwaitTerminated":     true,
	"github.com/grafana/dskit/services.StopManagerAndAwaitStopped": true,
}

// Keeps reports whether calls of fn keep their context for the life of what
// they start.
func Keeps(fn *types.Func) bool { return fn != nil && keepers[key(fn)] }

var keepers = map[string]bool{
	// github.com/grafana/dskit v0.0.0-20260703122047-de1ec7541c44
	"(*github.com/grafana/dskit/services.Manager).StartAsync":       true,
	"(github.com/grafana/dskit/services.Service).StartAsync":        true,
	"github.com/grafana/dskit/services.StartAndAwaitRunning":        true,
	"github.com/grafana/dskit/services.StartManagerAndAwaitHealthy": true,
}

// OnlyWaits reports whether calls of fn use a context for nothing but to give
// up: locks and limits trace nothing.
func OnlyWaits(fn *types.Func) bool { return fn != nil && waiters[key(fn)] }

var waiters = map[string]bool{
	"(*golang.org/x/sync/semaphore.Weighted).Acquire": true,
	"(*golang.org/x/time/rate.Limiter).Wait":          true, // golang.org/x/time v0.14.0
	"(*golang.org/x/time/rate.Limiter).WaitN":         true,
}

// AddsLink reports whether fn links a span to another one.
func AddsLink(fn *types.Func) bool {
	return fn != nil && (key(fn) == "("+TracePath+".Span).AddLink" || key(fn) == TracePath+".WithLinks")
}

// LeavesUnlinked reports whether the option that fn returns adds no link to
// the span that is started with it.
func LeavesUnlinked(fn *types.Func) bool {
	if fn == nil {
		return false
	}
	name, ok := strings.CutPrefix(key(fn), TracePath+".")
	return ok && unlinked[name]
}

var unlinked = map[string]bool{
	"WithAttributes": true,
	"WithNewRoot":    true,
	"WithSpanKind":   true,
	"WithStackTrace": true,
	"WithTimestamp":  true,
}

// Transports reports whether a function with the signature sends the request
// it is given, as clients do that stand behind an interface.
func Transports(sig *types.Signature) bool {
	if sig.Params().Len() == 0 || sig.Results().Len() != 2 {
		return false
	}
	return IsRequest(sig.Params().At(0).Type()) && isPointerTo(sig.Results().At(0).Type(), "net/http", "Response")
}

// RequestContext returns how the context is read from a request, or from
// what a framework hands to its handlers; "" where t is neither.
func RequestContext(t types.Type) string {
	switch {
	case IsRequest(t):
		return ".Context()"
	case isPointerTo(t, "github.com/gin-gonic/gin", "Context"):
		return ".Request.Context()"
	case isNamed(t, "github.com/labstack/echo/v4", "Context"), isPointerTo(t, "github.com/labstack/echo/v5", "Context"):
		return ".Request().Context()"
	case isPointerTo(t, "github.com/gofiber/fiber/v2", "Ctx"):
		return ".UserContext()"
	case isNamed(t, "github.com/gofiber/fiber/v3", "Ctx"):
		return ".Context()"
	case t != nil && serverStream(t):
		return ".Context()"
	}
	return ""
}

// SpeaksOf reports whether a package belongs to OpenTelemetry: its API, its
// SDK, or instrumentation.
func SpeaksOf(path string) bool { return strings.HasPrefix(path, "go.opentelemetry.io/") }

// TakesStartOptions reports whether the last arguments of a function with the
// signature are options for the start of a span.
func TakesStartOptions(sig *types.Signature) bool {
	if !sig.Variadic() {
		return false
	}
	s, ok := sig.Params().At(sig.Params().Len() - 1).Type().(*types.Slice)
	return ok && isNamed(s.Elem(), TracePath, "SpanStartOption")
}
