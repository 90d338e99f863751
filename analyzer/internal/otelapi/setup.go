package otelapi

import (
	"go/types"
	"strings"
)

// SDKPath is the package of providers, processors and samplers. The tables in
// this file were read from go.opentelemetry.io/otel v1.47.0 and its sdk.
const SDKPath = "go.opentelemetry.io/otel/sdk/trace"

// MakesProvider reports whether fn returns a provider that its caller must
// shut down.
func MakesProvider(fn *types.Func) bool {
	return fn != nil && key(fn) == SDKPath+".NewTracerProvider"
}

// IsProvider reports whether t is the SDK's provider.
func IsProvider(t types.Type) bool { return isPointerTo(t, SDKPath, "TracerProvider") }

// StopsProvider reports whether calls of fn export what a provider, or its
// processor, still holds.
func StopsProvider(fn *types.Func) bool { return fn != nil && providerStops[key(fn)] }

var providerStops = map[string]bool{
	"(*go.opentelemetry.io/otel/sdk/trace.TracerProvider).Shutdown":   true,
	"(*go.opentelemetry.io/otel/sdk/trace.TracerProvider).ForceFlush": true,
	"(go.opentelemetry.io/otel/sdk/trace.SpanProcessor).Shutdown":     true,
	"(go.opentelemetry.io/otel/sdk/trace.SpanProcessor).ForceFlush":   true,
}

// Flushes reports whether a function that stops a provider leaves it working.
func Flushes(fn *types.Func) bool { return fn != nil && fn.Name() == "ForceFlush" }

// StopsExporter reports whether calls of fn end an exporter of spans: after
// that, nothing a provider hands to it is exported.
func StopsExporter(fn *types.Func) bool {
	if fn == nil || fn.Name() != "Shutdown" || fn.Signature().Recv() == nil {
		return false
	}
	return IsExporter(fn.Signature().Recv().Type())
}

// IsExporter reports whether t exports spans: it has the method by which
// processors hand spans over.
func IsExporter(t types.Type) bool {
	if t == nil {
		return false
	}
	m := method(t, "ExportSpans")
	return m != nil && m.Signature().Params().Len() == 2 && method(t, "Shutdown") != nil
}

// NeutralForProvider reports whether the method of a provider with this name
// neither stops it nor hands it on.
func NeutralForProvider(method string) bool { return neutralMethods[method] }

var neutralMethods = map[string]bool{
	"Tracer":                  true,
	"RegisterSpanProcessor":   true,
	"UnregisterSpanProcessor": true,
}

// CanShutdown reports whether what has the type can be shut down: it has
// Shutdown, or it is a type of which nothing is known.
func CanShutdown(t types.Type) bool {
	if t == nil {
		return true
	}
	switch u := t.Underlying().(type) {
	case *types.Interface:
		if u.Empty() {
			return true
		}
	case *types.TypeParam:
		return true
	}
	return method(t, "Shutdown") != nil
}

// ReadsProvider reports whether fn returns the provider that was installed.
func ReadsProvider(fn *types.Func) bool {
	return fn != nil && key(fn) == OtelPath+".GetTracerProvider"
}

// Installs reports whether calls of fn set the global provider of tracers.
func Installs(fn *types.Func) bool {
	return fn != nil && key(fn) == OtelPath+".SetTracerProvider"
}

// Processing is how a processor hands spans to its exporter.
type Processing int

const (
	// Batched: later, many at a time.
	Batched Processing = iota + 1
	// Simple: each one, before its End returns.
	Simple
	// Chosen: by a processor that is given.
	Chosen
)

// ProcessingOf returns how spans are handed on by the processor or option
// that fn makes of its first argument.
func ProcessingOf(fn *types.Func) (Processing, bool) {
	if fn == nil {
		return 0, false
	}
	p, ok := processing[key(fn)]
	return p, ok
}

var processing = map[string]Processing{
	"go.opentelemetry.io/otel/sdk/trace.WithBatcher":            Batched,
	"go.opentelemetry.io/otel/sdk/trace.NewBatchSpanProcessor":  Batched,
	"go.opentelemetry.io/otel/sdk/trace.WithSyncer":             Simple,
	"go.opentelemetry.io/otel/sdk/trace.NewSimpleSpanProcessor": Simple,
	"go.opentelemetry.io/otel/sdk/trace.WithSpanProcessor":      Chosen,
}

// ForTests reports whether a package keeps spans in memory, for tests.
func ForTests(path string) bool {
	return path == SDKPath+"/tracetest" || path == "testing" || path == "net/http/httptest"
}

// IsConsole reports whether a package exports to a stream of the process.
func IsConsole(path string) bool {
	return strings.HasPrefix(path, OtelPath+"/exporters/stdout/")
}

// EndsProcess reports whether calls of fn end the process without running what
// is deferred. Panics and the ends of tests do run it.
func EndsProcess(fn *types.Func) bool {
	if !NoReturn(fn) || fn.Pkg().Path() == "testing" {
		return false
	}
	return strings.HasPrefix(fn.Name(), "Fatal") || strings.HasPrefix(fn.Name(), "Exit")
}

// EndsChain reports whether fn sends off a log entry that is built by a chain
// of calls, and StartsFatal whether fn begins one that ends the process.
func EndsChain(fn *types.Func) bool { return fn != nil && chainEnds[key(fn)] }

// StartsFatal: see EndsChain.
func StartsFatal(fn *types.Func) bool { return fn != nil && fatalStarts[key(fn)] }

// github.com/rs/zerolog v1.35.1
var chainEnds = map[string]bool{
	"(*github.com/rs/zerolog.Event).Msg":     true,
	"(*github.com/rs/zerolog.Event).Msgf":    true,
	"(*github.com/rs/zerolog.Event).MsgFunc": true,
	"(*github.com/rs/zerolog.Event).Send":    true,
}

var fatalStarts = map[string]bool{
	"(*github.com/rs/zerolog.Logger).Fatal": true,
	"github.com/rs/zerolog/log.Fatal":       true,
}

// StopsServing reports whether calls of fn wait until a server has answered
// what it is working on.
func StopsServing(fn *types.Func) bool { return fn != nil && drains[key(fn)] }

var drains = map[string]bool{
	"(*net/http.Server).Shutdown":                   true,
	"(*google.golang.org/grpc.Server).GracefulStop": true,
}

// EndsServingFirst reports whether calls of fn go on working after the call that
// serves has returned: net/http's does at once, gRPC's when all is done.
func EndsServingFirst(fn *types.Func) bool {
	return fn != nil && fn.FullName() == "(*net/http.Server).Shutdown"
}

// SaysClosed reports whether v is the error of a server that was shut down.
func SaysClosed(v *types.Var) bool {
	if v == nil || v.Pkg() == nil {
		return false
	}
	switch v.Pkg().Path() + "." + v.Name() {
	case "net/http.ErrServerClosed", "google.golang.org/grpc.ErrServerStopped", "net.ErrClosed":
		return true
	}
	return false
}

// Propagates reports whether a program that uses the object chooses a
// propagator, by hand or for all.
func Propagates(obj types.Object) bool {
	if obj == nil || obj.Pkg() == nil {
		return false
	}
	path := obj.Pkg().Path()
	if strings.HasPrefix(path, "go.opentelemetry.io/contrib/propagators/") {
		return true
	}
	return propagators[path+"."+obj.Name()] && obj.Parent() == obj.Pkg().Scope()
}

// SetsPropagator reports whether fn chooses the propagator of the program.
func SetsPropagator(fn *types.Func) bool {
	return fn != nil && fn.FullName() == OtelPath+".SetTextMapPropagator"
}

// ComposesPropagators reports whether fn makes one propagator of several.
func ComposesPropagators(fn *types.Func) bool {
	return fn != nil && fn.FullName() == OtelPath+"/propagation.NewCompositeTextMapPropagator"
}

// IsBaggage reports whether t is the propagator of baggage, which carries no
// trace.
func IsBaggage(t types.Type) bool { return t != nil && isNamed(t, OtelPath+"/propagation", "Baggage") }

var propagators = map[string]bool{
	"go.opentelemetry.io/otel.SetTextMapPropagator":                      true,
	"go.opentelemetry.io/otel/propagation.NewCompositeTextMapPropagator": true,
	"go.opentelemetry.io/otel/propagation.TraceContext":                  true,
}

// Carries reports whether a program that uses the object sends contexts across
// its borders, or gets them from there: it injects, extracts, or has clients
// and servers instrumented that do.
func Carries(obj types.Object) bool {
	if obj == nil || obj.Pkg() == nil {
		return false
	}
	path := obj.Pkg().Path()
	if fn, ok := obj.(*types.Func); ok && carriers[key(fn)] {
		return true
	}
	for _, p := range carrying {
		if path == p || strings.HasPrefix(path, p+"/") {
			return true
		}
	}
	return false
}

var carriers = map[string]bool{
	"go.opentelemetry.io/otel.GetTextMapPropagator":                    true,
	"(go.opentelemetry.io/otel/propagation.TextMapPropagator).Inject":  true,
	"(go.opentelemetry.io/otel/propagation.TextMapPropagator).Extract": true,
}

// carrying are the packages of instrumentation that injects and extracts, in
// the versions of go.opentelemetry.io/contrib v1.47.0.
var carrying = []string{
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp",
	"go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc",
	"go.opentelemetry.io/contrib/instrumentation/github.com/gin-gonic/gin/otelgin",
	"go.opentelemetry.io/contrib/instrumentation/github.com/gorilla/mux/otelmux",
	"go.opentelemetry.io/contrib/instrumentation/github.com/labstack/echo/otelecho",
	"go.opentelemetry.io/contrib/instrumentation/github.com/emicklei/go-restful/otelrestful",
	"connectrpc.com/otelconnect",
	"github.com/riandyrn/otelchi",
	"github.com/gofiber/contrib/otelfiber",
}

// SamplesRatio reports whether fn returns a sampler that decides by the trace
// alone, whatever the parent's sampler decided.
func SamplesRatio(fn *types.Func) bool {
	return fn != nil && key(fn) == SDKPath+".TraceIDRatioBased"
}

// AsksParent reports whether fn returns a sampler that decides as the parent
// did, where there is one.
func AsksParent(fn *types.Func) bool { return fn != nil && key(fn) == SDKPath+".ParentBased" }

// SamplesAlike reports whether fn returns a sampler that keeps all traces, or
// none.
func SamplesAlike(fn *types.Func) bool {
	return fn != nil && (key(fn) == SDKPath+".AlwaysSample" || key(fn) == SDKPath+".NeverSample")
}

// SetsSampling reports whether t is that of a sampler, of options for a
// provider, or of functions that return some.
func SetsSampling(t types.Type) bool {
	switch u := types.Unalias(t).(type) {
	case *types.Slice:
		return SetsSampling(u.Elem())
	case *types.Signature:
		for v := range u.Results().Variables() {
			if SetsSampling(v.Type()) {
				return true
			}
		}
		return false
	case *types.Named:
		if sig, ok := u.Underlying().(*types.Signature); ok {
			return SetsSampling(sig)
		}
	}
	return isNamed(t, SDKPath, "Sampler") || isNamed(t, SDKPath, "TracerProviderOption")
}

// TakesSampler, TakesResource, MakesBlock and MakesInsecure say that fn is the
// option with that meaning.
func TakesSampler(fn *types.Func) bool { return fn != nil && key(fn) == SDKPath+".WithSampler" }

// TakesResource: see TakesSampler.
func TakesResource(fn *types.Func) bool {
	return fn != nil && key(fn) == SDKPath+".WithResource"
}

// MakesBlock: the option lets End wait for room in the queue.
func MakesBlock(fn *types.Func) bool { return fn != nil && key(fn) == SDKPath+".WithBlocking" }

// MakesInsecure: the option exports without TLS.
func MakesInsecure(fn *types.Func) bool {
	return fn != nil && fn.Name() == "WithInsecure" && fn.Pkg() != nil && strings.HasPrefix(fn.Pkg().Path(), OtelPath+"/exporters/otlp/")
}

// ListsResource reports whether fn makes a resource of nothing but the
// attributes that are listed from argument arg on.
func ListsResource(fn *types.Func) (arg int, ok bool) {
	if fn == nil {
		return 0, false
	}
	arg, ok = resources[key(fn)]
	return arg, ok
}

var resources = map[string]int{
	"go.opentelemetry.io/otel/sdk/resource.NewWithAttributes": 1,
	"go.opentelemetry.io/otel/sdk/resource.NewSchemaless":     0,
}

// WrapsHandler reports whether fn starts a span for each request to the handler
// in its first argument, and Filters whether fn is the option that leaves some out.
func WrapsHandler(fn *types.Func) bool { return fn != nil && wrappers[key(fn)] }

// go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp v0.72.0
var wrappers = map[string]bool{
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp.NewHandler": true,
}

// Filters: see WrapsHandler.
func Filters(fn *types.Func) bool {
	return fn != nil && key(fn) == "go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp.WithFilter"
}

// Freezes reports whether programs that use the package are stopped between
// requests, so that nothing may be left for later.
func Freezes(path string) bool {
	return strings.HasPrefix(path, "github.com/aws/aws-lambda-go/") || strings.HasPrefix(path, "github.com/GoogleCloudPlatform/functions-framework-go/")
}

// OpensConnections reports whether functions of the package talk to others.
func OpensConnections(path string) bool {
	return path == "net" || path == "net/http" || path == "google.golang.org/grpc" || path == "net/rpc"
}

const otlptrace = OtelPath + "/exporters/otlp/otlptrace"

// ExportsByClient reports whether exporters of the type leave the sending to a
// client that they were made with.
func ExportsByClient(t types.Type) bool {
	return t != nil && (isPointerTo(t, otlptrace, "Exporter") || isNamed(t, otlptrace, "Exporter"))
}

// ClientOf returns which argument of fn is the client that the exporter is made
// with. Read from go.opentelemetry.io/otel/exporters/otlp/otlptrace v1.47.0.
func ClientOf(fn *types.Func) (int, bool) {
	if fn == nil {
		return 0, false
	}
	switch fn.FullName() {
	case otlptrace + ".New":
		return 1, true
	case otlptrace + ".NewUnstarted":
		return 0, true
	}
	return 0, false
}
