package otelapi

import "go/types"

// EndsSpan reports whether the method of trace.Span with this name ends it.
func EndsSpan(method string) bool { return method == "End" }

// AnnotatesSpan reports whether the method of trace.Span with this name adds
// to what is exported. After End such calls do nothing.
func AnnotatesSpan(method string) bool { return annotators[method] }

var annotators = map[string]bool{
	"AddEvent":      true,
	"AddLink":       true,
	"RecordError":   true,
	"SetAttributes": true,
	"SetName":       true,
	"SetStatus":     true,
}

// StampsEnd reports whether fn is an option that may say when a span has
// ended, as an unknown option may.
func StampsEnd(fn *types.Func) bool {
	return fn == nil || fn.FullName() != TracePath+".WithStackTrace"
}

// MakesRoot reports whether fn is the option that starts a span without a parent.
func MakesRoot(fn *types.Func) bool {
	return fn != nil && fn.FullName() == TracePath+".WithNewRoot"
}

// IsNoop reports whether t is one of OpenTelemetry's tracers and providers
// that make spans which need no End.
func IsNoop(t types.Type) bool {
	return isNamed(t, TracePath+"/noop", "Tracer") || isNamed(t, TracePath+"/noop", "TracerProvider")
}

// MakesNoop reports whether fn returns a provider of such tracers.
func MakesNoop(fn *types.Func) bool {
	return fn != nil && (fn.FullName() == TracePath+".NewNoopTracerProvider" || fn.FullName() == TracePath+"/noop.NewTracerProvider")
}
