package otelapi

import "go/types"

// StampsEnd reports whether fn is an option that may say when a span has
// ended, as an unknown option may.
func StampsEnd(fn *types.Func) bool { return fn == nil || !timeless[key(fn)] }

var timeless = map[string]bool{
	TracePath + ".WithStackTrace":                                   true,
	"gopkg.in/DataDog/dd-trace-go.v1/ddtrace/tracer.NoDebugStack":   true,
	"gopkg.in/DataDog/dd-trace-go.v1/ddtrace/tracer.StackFrames":    true,
	"gopkg.in/DataDog/dd-trace-go.v1/ddtrace/tracer.WithError":      true,
	"github.com/DataDog/dd-trace-go/v2/ddtrace/tracer.NoDebugStack": true,
	"github.com/DataDog/dd-trace-go/v2/ddtrace/tracer.StackFrames":  true,
	"github.com/DataDog/dd-trace-go/v2/ddtrace/tracer.WithError":    true,
}

// MakesRoot reports whether fn is the option that starts a span without a parent.
func MakesRoot(fn *types.Func) bool {
	return fn != nil && key(fn) == TracePath+".WithNewRoot"
}

// IsNoop reports whether t is a tracer, or a provider of tracers, that makes
// spans which need no End.
func IsNoop(t types.Type) bool {
	return isNamed(t, TracePath+"/noop", "Tracer") || isNamed(t, TracePath+"/noop", "TracerProvider") ||
		isNamed(t, "github.com/opentracing/opentracing-go", "NoopTracer")
}

// MakesNoop reports whether fn returns a provider of such tracers.
func MakesNoop(fn *types.Func) bool {
	return fn != nil && (key(fn) == TracePath+".NewNoopTracerProvider" || key(fn) == TracePath+"/noop.NewTracerProvider")
}
