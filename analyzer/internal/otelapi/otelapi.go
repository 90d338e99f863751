// Package otelapi is what spanlint knows about functions whose bodies it does
// not read: data, in tables, keyed by types.Func.FullName.
//
// The entries were read from the standard library of Go 1.26,
// go.opentelemetry.io/otel v1.47.0, golang.org/x/sync v0.24.0,
// github.com/sourcegraph/conc v0.3.0 and the versions named beside the rest.
package otelapi

import (
	"go/types"
	"slices"
	"strings"
)

// Names of the types the models look for.
const (
	TracePath = "go.opentelemetry.io/otel/trace"
	OtelPath  = "go.opentelemetry.io/otel"
)

// IsSpan reports whether t is OpenTelemetry's trace.Span.
func IsSpan(t types.Type) bool { return isNamed(t, TracePath, "Span") }

// IsTracer reports whether t is OpenTelemetry's trace.Tracer.
func IsTracer(t types.Type) bool { return isNamed(t, TracePath, "Tracer") }

// IsIterator reports whether t is an iterator: func(yield func(...) bool).
func IsIterator(t types.Type) bool {
	sig, ok := t.Underlying().(*types.Signature)
	if !ok || sig.Params().Len() != 1 || sig.Results().Len() != 0 {
		return false
	}
	yield, ok := sig.Params().At(0).Type().Underlying().(*types.Signature)
	if !ok || yield.Results().Len() != 1 {
		return false
	}
	result, ok := yield.Results().At(0).Type().Underlying().(*types.Basic)
	return ok && result.Kind() == types.Bool
}

// IsContext reports whether t is context.Context itself.
func IsContext(t types.Type) bool { return isNamed(t, "context", "Context") }

// IsRequest reports whether t is *http.Request.
func IsRequest(t types.Type) bool { return isPointerTo(t, "net/http", "Request") }

// IsCancel reports whether t is a cancel function of package context.
func IsCancel(t types.Type) bool {
	return isNamed(t, "context", "CancelFunc") || isNamed(t, "context", "CancelCauseFunc")
}

func isNamed(t types.Type, path, name string) bool {
	if t == nil {
		return false
	}
	named, ok := types.Unalias(t).(*types.Named)
	if !ok {
		return false
	}
	obj := named.Obj()
	return obj.Name() == name && obj.Pkg() != nil && obj.Pkg().Path() == path
}

func isPointerTo(t types.Type, path, name string) bool {
	if t == nil {
		return false
	}
	p, ok := types.Unalias(t).(*types.Pointer)
	return ok && isNamed(p.Elem(), path, name)
}

// ImplementsContext reports whether t can be used as a context.Context: the
// interface itself, and every type that has its four methods, as framework
// contexts do.
func ImplementsContext(t types.Type) bool {
	if t == nil {
		return false
	}
	if IsContext(t) {
		return true
	}
	if b, ok := types.Unalias(t).(*types.Basic); ok && b.Kind() == types.UntypedNil {
		return false
	}
	for _, name := range [...]string{"Deadline", "Done", "Err", "Value"} {
		if m := method(t, name); m == nil {
			return false
		}
	}
	done := method(t, "Done").Signature()
	if done.Params().Len() != 0 || done.Results().Len() != 1 {
		return false
	}
	if _, ok := done.Results().At(0).Type().Underlying().(*types.Chan); !ok {
		return false
	}
	// Commands of github.com/urfave/cli/v2 embed a context and have a Value of
	// their own, for strings.
	keys := method(t, "Value").Signature().Params()
	return keys.Len() == 1 && types.IsInterface(keys.At(0).Type())
}

func method(t types.Type, name string) *types.Func {
	obj, _, _ := types.LookupFieldOrMethod(t, true, nil, name)
	fn, _ := obj.(*types.Func)
	return fn
}

// Effect is what a call does to a context.
type Effect int

const (
	// NoEffect: the call has no part in deriving contexts.
	NoEffect Effect = iota
	// Fresh: the result is a background context.
	Fresh
	// Derives: the result is the argument with more values.
	Derives
	// Cancels: as Derives, and cancelled by a function that is also returned.
	Cancels
	// Times: as Cancels, with a deadline.
	Times
	// Detaches: as Derives, with the cancellation cut.
	Detaches
	// Starts: as Derives, carrying a span that the call starts.
	Starts
	// SetsSpan: as Derives, carrying a span or span context that is given.
	SetsSpan
	// Signals: as Cancels, by signals to the process.
	Signals
	// Groups: as Derives, cancelled when the group that is also returned has
	// been waited for.
	Groups
	// Copies: as Derives, and what the copy does with the cancellation and the
	// values of the argument is a matter of settings, its request apart.
	Copies
	// Lasts: the result is the context of a program.
	Lasts
)

// A Derivation describes a function that makes a context, or something that
// carries one, out of another.
type Derivation struct {
	Effect Effect
	// Arg is the argument it derives from, Receiver for the receiver.
	Arg int
	// Result is the index of the new context, Handle that of the cancel
	// function, span or group, -1 if there is none.
	Result, Handle int
}

// Receiver stands for the receiver where an argument index is meant.
const Receiver = -1

var derivations = map[string]Derivation{
	"context.Background":                      {Fresh, -2, 0, -1},
	"context.TODO":                            {Fresh, -2, 0, -1},
	"context.WithValue":                       {Derives, 0, 0, -1},
	"context.WithCancel":                      {Cancels, 0, 0, 1},
	"context.WithCancelCause":                 {Cancels, 0, 0, 1},
	"context.WithDeadline":                    {Times, 0, 0, 1},
	"context.WithDeadlineCause":               {Times, 0, 0, 1},
	"context.WithTimeout":                     {Times, 0, 0, 1},
	"context.WithTimeoutCause":                {Times, 0, 0, 1},
	"context.WithoutCancel":                   {Detaches, 0, 0, -1},
	"os/signal.NotifyContext":                 {Signals, 0, 0, 1},
	"(*net/http.Request).Context":             {Derives, Receiver, 0, -1},
	"(*net/http.Request).WithContext":         {Derives, 0, 0, -1},
	"(*net/http.Request).Clone":               {Derives, 0, 0, -1},
	"net/http.NewRequestWithContext":          {Derives, 0, 0, -1},
	"net/http.NewRequest":                     {Fresh, -2, 0, -1},
	"net/http/httptest.NewRequest":            {Fresh, -2, 0, -1},
	"net/http/httptest.NewRequestWithContext": {Derives, 0, 0, -1},
	"(testing.TB).Context":                    {Fresh, -2, 0, -1},
	"(*testing.common).Context":               {Fresh, -2, 0, -1},

	"golang.org/x/sync/errgroup.WithContext":            {Groups, 0, 1, 0},
	"(*github.com/alitto/pond.WorkerPool).GroupContext": {Groups, 0, 1, 0}, // v1.9.2
	"github.com/neilotoole/errgroup.WithContext":        {Groups, 0, 1, 0}, // v0.1.6
	"github.com/neilotoole/errgroup.WithContextN":       {Groups, 0, 1, 0},

	"(go.opentelemetry.io/otel/trace.Tracer).Start":                    {Starts, 0, 0, 1},
	"go.opentelemetry.io/otel/trace.ContextWithSpan":                   {SetsSpan, 0, 0, -1},
	"go.opentelemetry.io/otel/trace.ContextWithSpanContext":            {SetsSpan, 0, 0, -1},
	"go.opentelemetry.io/otel/trace.ContextWithRemoteSpanContext":      {SetsSpan, 0, 0, -1},
	"(go.opentelemetry.io/otel/propagation.TextMapPropagator).Extract": {SetsSpan, 0, 0, -1},
	"go.opentelemetry.io/otel/baggage.ContextWithBaggage":              {Derives, 0, 0, -1},
	"go.opentelemetry.io/otel/baggage.ContextWithoutBaggage":           {Derives, 0, 0, -1},

	// Spans of other tracers: the context carries one, and not
	// OpenTelemetry's, which is all that is asked here.
	"go.opencensus.io/trace.StartSpan":                                                {SetsSpan, 0, 0, -1},
	"go.opencensus.io/trace.StartSpanWithRemoteParent":                                {SetsSpan, 0, 0, -1},
	"go.opencensus.io/trace.NewContext":                                               {SetsSpan, 0, 0, -1},
	"github.com/opentracing/opentracing-go.StartSpanFromContext":                      {SetsSpan, 0, 1, -1},
	"github.com/opentracing/opentracing-go.StartSpanFromContextWithTracer":            {SetsSpan, 0, 1, -1},
	"github.com/opentracing/opentracing-go.ContextWithSpan":                           {SetsSpan, 0, 0, -1},
	"gopkg.in/DataDog/dd-trace-go.v1/ddtrace/tracer.StartSpanFromContext":             {SetsSpan, 0, 1, -1},
	"gopkg.in/DataDog/dd-trace-go.v1/ddtrace/tracer.ContextWithSpan":                  {SetsSpan, 0, 0, -1},
	"github.com/DataDog/dd-trace-go/v2/ddtrace/tracer.StartSpanFromContext":           {SetsSpan, 0, 1, -1},
	"github.com/DataDog/dd-trace-go/v2/ddtrace/tracer.StartSpanFromPropagatedContext": {SetsSpan, 0, 1, -1},
	"github.com/DataDog/dd-trace-go/v2/ddtrace/tracer.ContextWithSpan":                {SetsSpan, 0, 0, -1},
	"go.elastic.co/apm/v2.StartSpan":                                                  {SetsSpan, 0, 1, -1},
	"go.elastic.co/apm/v2.StartSpanOptions":                                           {SetsSpan, 0, 1, -1},
	"go.elastic.co/apm/v2.ContextWithSpan":                                            {SetsSpan, 0, 0, -1},
	"go.elastic.co/apm/v2.ContextWithTransaction":                                     {SetsSpan, 0, 0, -1},
	"go.elastic.co/apm/v2.DetachedContext":                                            {Detaches, 0, 0, -1},
	"go.elastic.co/apm.StartSpan":                                                     {SetsSpan, 0, 1, -1},
	"go.elastic.co/apm.StartSpanOptions":                                              {SetsSpan, 0, 1, -1},
	"go.elastic.co/apm.ContextWithSpan":                                               {SetsSpan, 0, 0, -1},
	"go.elastic.co/apm.ContextWithTransaction":                                        {SetsSpan, 0, 0, -1},
	"go.elastic.co/apm.DetachedContext":                                               {Detaches, 0, 0, -1},
	"github.com/getsentry/sentry-go.StartSpan":                                        {SetsSpan, 0, 0, -1},
	"github.com/getsentry/sentry-go.StartTransaction":                                 {SetsSpan, 0, 0, -1},
	"(*github.com/getsentry/sentry-go.Span).StartChild":                               {SetsSpan, Receiver, 0, -1},
	"(*github.com/getsentry/sentry-go.Span).Context":                                  {SetsSpan, Receiver, 0, -1},
	"github.com/aws/aws-xray-sdk-go/xray.BeginSegment":                                {SetsSpan, 0, 0, -1},
	"github.com/aws/aws-xray-sdk-go/xray.BeginSegmentWithSampling":                    {SetsSpan, 0, 0, -1},
	"github.com/aws/aws-xray-sdk-go/xray.BeginSubsegment":                             {SetsSpan, 0, 0, -1},
	"github.com/aws/aws-xray-sdk-go/xray.BeginSubsegmentWithoutSampling":              {SetsSpan, 0, 0, -1},
	"github.com/aws/aws-xray-sdk-go/xray.BeginFacadeSegment":                          {SetsSpan, 0, 0, -1},
	"github.com/aws/aws-xray-sdk-go/xray.NewSegmentFromHeader":                        {SetsSpan, 0, 0, -1},
	"github.com/newrelic/go-agent/v3/newrelic.NewContext":                             {SetsSpan, 0, 0, -1},
	"github.com/newrelic/go-agent/v3/newrelic.RequestWithTransactionContext":          {SetsSpan, 0, 0, -1},
}

// DerivationOf returns what is known about a function that makes contexts.
func DerivationOf(fn *types.Func) (Derivation, bool) {
	if fn == nil {
		return Derivation{}, false
	}
	name := key(fn.Origin())
	if d, ok := derivations[name]; ok {
		return d, true
	}
	d, ok := carried[name]
	return d, ok
}

// Lends reports whether fn returns a span that somebody else owns.
func Lends(fn *types.Func) bool { return fn != nil && lenders[key(fn)] }

var lenders = map[string]bool{
	"go.opentelemetry.io/otel/trace.SpanFromContext":                   true,
	"go.opencensus.io/trace.FromContext":                               true,
	"github.com/opentracing/opentracing-go.SpanFromContext":            true,
	"gopkg.in/DataDog/dd-trace-go.v1/ddtrace/tracer.SpanFromContext":   true,
	"github.com/DataDog/dd-trace-go/v2/ddtrace/tracer.SpanFromContext": true,
	"go.elastic.co/apm/v2.SpanFromContext":                             true,
	"go.elastic.co/apm/v2.TransactionFromContext":                      true,
	"go.elastic.co/apm.SpanFromContext":                                true,
	"go.elastic.co/apm.TransactionFromContext":                         true,
	"github.com/getsentry/sentry-go.SpanFromContext":                   true,
	"github.com/getsentry/sentry-go.TransactionFromContext":            true,
	"github.com/aws/aws-xray-sdk-go/xray.GetSegment":                   true,
	"github.com/newrelic/go-agent/v3/newrelic.FromContext":             true,
}

// NoReturn reports whether calls of fn never return.
func NoReturn(fn *types.Func) bool { return fn != nil && noReturns[key(fn)] }

var noReturns = map[string]bool{
	"os.Exit":                                      true,
	"syscall.Exit":                                 true,
	"runtime.Goexit":                               true,
	"log.Fatal":                                    true,
	"log.Fatalf":                                   true,
	"log.Fatalln":                                  true,
	"log.Panic":                                    true,
	"log.Panicf":                                   true,
	"log.Panicln":                                  true,
	"(*log.Logger).Fatal":                          true,
	"(*log.Logger).Fatalf":                         true,
	"(*log.Logger).Fatalln":                        true,
	"(*log.Logger).Panic":                          true,
	"(*log.Logger).Panicf":                         true,
	"(*log.Logger).Panicln":                        true,
	"(*testing.common).Fatal":                      true,
	"(*testing.common).Fatalf":                     true,
	"(*testing.common).FailNow":                    true,
	"(*testing.common).Skip":                       true,
	"(*testing.common).Skipf":                      true,
	"(*testing.common).SkipNow":                    true,
	"(testing.TB).Fatal":                           true,
	"(testing.TB).Fatalf":                          true,
	"(testing.TB).FailNow":                         true,
	"(testing.TB).Skip":                            true,
	"(testing.TB).Skipf":                           true,
	"(testing.TB).SkipNow":                         true,
	"(*go.uber.org/zap.Logger).Fatal":              true, // go.uber.org/zap v1.27.0
	"(*go.uber.org/zap.Logger).Panic":              true,
	"(*go.uber.org/zap.SugaredLogger).Fatal":       true,
	"(*go.uber.org/zap.SugaredLogger).Fatalf":      true,
	"(*go.uber.org/zap.SugaredLogger).Fatalw":      true,
	"(*go.uber.org/zap.SugaredLogger).Panic":       true,
	"(*go.uber.org/zap.SugaredLogger).Panicf":      true,
	"(*go.uber.org/zap.SugaredLogger).Panicw":      true,
	"(*go.uber.org/zap.SugaredLogger).Panicln":     true,
	"(*go.uber.org/zap.SugaredLogger).Fatalln":     true,
	"github.com/sirupsen/logrus.Fatal":             true, // github.com/sirupsen/logrus v1.9.3
	"github.com/sirupsen/logrus.Fatalf":            true,
	"github.com/sirupsen/logrus.Fatalln":           true,
	"github.com/sirupsen/logrus.Panic":             true,
	"github.com/sirupsen/logrus.Panicf":            true,
	"github.com/sirupsen/logrus.Panicln":           true,
	"(*github.com/sirupsen/logrus.Entry).Fatal":    true,
	"(*github.com/sirupsen/logrus.Entry).Fatalf":   true,
	"(*github.com/sirupsen/logrus.Entry).Fatalln":  true,
	"(*github.com/sirupsen/logrus.Entry).Panic":    true,
	"(*github.com/sirupsen/logrus.Entry).Panicf":   true,
	"(*github.com/sirupsen/logrus.Entry).Panicln":  true,
	"(*github.com/sirupsen/logrus.Logger).Fatal":   true,
	"(*github.com/sirupsen/logrus.Logger).Fatalf":  true,
	"(*github.com/sirupsen/logrus.Logger).Fatalln": true,
	"(*github.com/sirupsen/logrus.Logger).Panic":   true,
	"(*github.com/sirupsen/logrus.Logger).Panicf":  true,
	"(*github.com/sirupsen/logrus.Logger).Panicln": true,
	"k8s.io/klog/v2.Fatal":                         true, // k8s.io/klog/v2 v2.130.1
	"k8s.io/klog/v2.Fatalf":                        true,
	"k8s.io/klog/v2.Fatalln":                       true,
	"k8s.io/klog/v2.Exit":                          true,
	"k8s.io/klog/v2.Exitf":                         true,
	"k8s.io/klog/v2.Exitln":                        true,
}

// ReadsOnly reports whether calls of fn look at a context they are given and
// hand it to no work: accessors of what it carries, loggers, metrics.
func ReadsOnly(fn *types.Func) bool {
	if fn == nil || fn.Pkg() == nil {
		return false
	}
	if readers[key(fn)] {
		return true
	}
	path := fn.Pkg().Path()
	for _, p := range readerPackages {
		if path == p || strings.HasPrefix(path, p+"/") {
			return true
		}
	}
	return accessor(fn) || logs(fn) || measures(fn)
}

// MakesLogger reports whether a function of that type returns a logger, and
// nothing else: what it is given a context for is the values in it, however
// it gets at them.
func MakesLogger(sig *types.Signature) bool {
	if sig.Results().Len() != 1 {
		return false
	}
	t := types.Unalias(sig.Results().At(0).Type())
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	named, ok := t.(*types.Named)
	return ok && named.Obj().Pkg() != nil && slices.Contains(loggerPackages, named.Obj().Pkg().Path())
}

// loggerPackages have the types of loggers.
var loggerPackages = []string{
	"log/slog",
	"log",
	"go.uber.org/zap",
	"github.com/rs/zerolog",
	"github.com/sirupsen/logrus",
	"github.com/go-kit/log",
	"github.com/go-logr/logr",
	"github.com/hashicorp/go-hclog",
	"k8s.io/klog/v2",
}

// measures reports whether fn takes the options of a metric, as the methods of
// users' own instruments do.
func measures(fn *types.Func) bool {
	sig := fn.Signature()
	if !sig.Variadic() {
		return false
	}
	s, ok := sig.Params().At(sig.Params().Len() - 1).Type().(*types.Slice)
	if !ok {
		return false
	}
	named, ok := types.Unalias(s.Elem()).(*types.Named)
	return ok && named.Obj().Pkg() != nil && named.Obj().Pkg().Path() == OtelPath+"/metric"
}

var readers = map[string]bool{
	"context.Cause": true,
	"go.opentelemetry.io/otel/trace.SpanFromContext":                  true,
	"go.opentelemetry.io/otel/trace.SpanContextFromContext":           true,
	"go.opentelemetry.io/otel/trace.LinkFromContext":                  true,
	"go.opentelemetry.io/otel/baggage.FromContext":                    true,
	"(go.opentelemetry.io/otel/propagation.TextMapPropagator).Inject": true,
	"(context.Context).Err":                                           true,
	"(context.Context).Done":                                          true,
	"(context.Context).Deadline":                                      true,
	"(context.Context).Value":                                         true,
}

// readerPackages only log, measure, or read values.
var readerPackages = []string{
	"log/slog",
	"log",
	"go.opentelemetry.io/otel/metric",
	"go.opentelemetry.io/otel/log",
	"go.uber.org/zap",
	"github.com/rs/zerolog",
	"github.com/sirupsen/logrus",
	"github.com/go-kit/log",
	"github.com/go-logr/logr",
	"github.com/hashicorp/go-hclog",
	"k8s.io/klog/v2",
	"k8s.io/component-base/metrics", // v0.36.3: WithContext is for exemplars
	"google.golang.org/grpc/metadata",
	"google.golang.org/grpc/peer",
	"github.com/prometheus/client_golang",
}

// accessor reports whether fn has the shape of a function that reads a value
// from a context: a plain function of the context alone that cannot fail.
func accessor(fn *types.Func) bool {
	sig := fn.Signature()
	n := sig.Params().Len()
	if sig.Variadic() {
		n-- // logger.FromContext(ctx, "key", value)
	}
	if sig.Recv() != nil || n != 1 || sig.Results().Len() == 0 {
		return false
	}
	for i := range sig.Results().Len() {
		t := sig.Results().At(i).Type()
		if IsError(t) || IsContext(t) || IsSpan(t) {
			return false
		}
		if _, ok := t.Underlying().(*types.Chan); ok {
			return false
		}
	}
	return true
}

// logs reports whether fn has the shape of a log call: a context, a text, the
// rest variadic, and no result.
func logs(fn *types.Func) bool {
	sig := fn.Signature()
	if sig.Results().Len() != 0 || !sig.Variadic() || sig.Params().Len() < 2 {
		return false
	}
	if !IsContext(sig.Params().At(0).Type()) {
		return false
	}
	if sig.Params().Len() == 2 { // func(ctx, args ...any)
		s, ok := sig.Params().At(1).Type().(*types.Slice)
		if !ok {
			return false
		}
		i, ok := s.Elem().Underlying().(*types.Interface)
		return ok && i.Empty()
	}
	b, ok := sig.Params().At(sig.Params().Len() - 2).Type().Underlying().(*types.Basic)
	return ok && b.Kind() == types.String
}

// IsError reports whether t is the type error itself.
func IsError(t types.Type) bool {
	return types.Identical(t, types.Universe.Lookup("error").Type())
}

// Sends reports whether calls of fn send the request they are given, and so
// depend on its context.
func Sends(fn *types.Func) bool { return fn != nil && senders[key(fn)] }

var senders = map[string]bool{
	"(*net/http.Client).Do":             true,
	"(net/http.RoundTripper).RoundTrip": true,
	"(*net/http.Transport).RoundTrip":   true,
}

// FailsDone reports whether calls of fn return an error only because of the
// context that is their first argument: it is done, or will be before it is the
// caller's turn. An interface that has the methods of a semaphore, as far as it
// has any, stands for one.
func FailsDone(fn *types.Func) bool {
	if fn == nil {
		return false
	}
	if turns[key(fn)] {
		return true
	}
	if recv := fn.Signature().Recv(); recv == nil || !types.IsInterface(recv.Type()) || fn.Name() != "Acquire" {
		return false
	}
	i, ok := fn.Signature().Recv().Type().Underlying().(*types.Interface)
	if !ok || i.NumMethods() < 2 {
		return false // anything can be acquired; what is counted is released as well
	}
	for m := range i.Methods() {
		if !ofSemaphore(m) {
			return false
		}
	}
	return true
}

// ofSemaphore reports whether *semaphore.Weighted of golang.org/x/sync v0.24.0
// has such a method.
func ofSemaphore(m *types.Func) bool {
	params, results := m.Signature().Params(), m.Signature().Results()
	is := func(tuple *types.Tuple, i int, kind types.BasicKind) bool {
		return types.Identical(tuple.At(i).Type(), types.Typ[kind])
	}
	switch m.Name() {
	case "Acquire":
		return params.Len() == 2 && IsContext(params.At(0).Type()) && is(params, 1, types.Int64) &&
			results.Len() == 1 && types.Identical(results.At(0).Type(), types.Universe.Lookup("error").Type())
	case "TryAcquire":
		return params.Len() == 1 && is(params, 0, types.Int64) && results.Len() == 1 && is(results, 0, types.Bool)
	case "Release":
		return params.Len() == 1 && is(params, 0, types.Int64) && results.Len() == 0
	}
	return false
}

var turns = map[string]bool{
	"(*golang.org/x/sync/semaphore.Weighted).Acquire": true, // golang.org/x/sync v0.24.0
	"(*golang.org/x/time/rate.Limiter).Wait":          true, // golang.org/x/time v0.14.0; WaitN fails if n is too large as well
}

// Blocks reports whether calls of fn last as long as a server or a process.
func Blocks(fn *types.Func) bool { return fn != nil && blockers[key(fn)] }

// Accepts reports whether a function of the signature is a loop: it is given a
// listener, or a context and a channel to receive from, and returns nothing but
// why it has ended.
func Accepts(sig *types.Signature) bool {
	switch results := sig.Results(); {
	case results.Len() > 1, results.Len() == 1 && !types.Identical(results.At(0).Type(), types.Universe.Lookup("error").Type()):
		return false
	}
	context, receives := false, false
	for i := range sig.Params().Len() {
		t := sig.Params().At(i).Type()
		if isNamed(t, "net", "Listener") && sig.Results().Len() == 1 {
			return true
		}
		ch, ok := t.Underlying().(*types.Chan)
		context, receives = context || IsContext(t), receives || ok && ch.Dir() == types.RecvOnly
	}
	return context && receives
}

// ReadsLine reports whether fn waits for the next line of what it reads, and says
// whether there is one.
func ReadsLine(fn *types.Func) bool { return fn != nil && fn.FullName() == "(*bufio.Scanner).Scan" }

var blockers = map[string]bool{
	"(*net/http.Server).ListenAndServe":                           true,
	"(*net/http.Server).ListenAndServeTLS":                        true,
	"(*net/http.Server).Serve":                                    true,
	"(*net/http.Server).ServeTLS":                                 true,
	"net/http.ListenAndServe":                                     true,
	"net/http.ListenAndServeTLS":                                  true,
	"net/http.Serve":                                              true,
	"(*google.golang.org/grpc.Server).Serve":                      true,
	"(sigs.k8s.io/controller-runtime/pkg/manager.Manager).Start":  true, // v0.22.0
	"(sigs.k8s.io/controller-runtime/pkg/manager.Runnable).Start": true,
	"(net.Listener).Accept":                                       true,

	// k8s.io/apimachinery v0.36.3: loops that a context or channel ends, and polls
	// without a deadline of their own
	"k8s.io/apimachinery/pkg/util/wait.BackoffUntil":                     true,
	"k8s.io/apimachinery/pkg/util/wait.BackoffUntilWithContext":          true,
	"k8s.io/apimachinery/pkg/util/wait.Forever":                          true,
	"k8s.io/apimachinery/pkg/util/wait.JitterUntil":                      true,
	"k8s.io/apimachinery/pkg/util/wait.JitterUntilWithContext":           true,
	"k8s.io/apimachinery/pkg/util/wait.NonSlidingUntil":                  true,
	"k8s.io/apimachinery/pkg/util/wait.NonSlidingUntilWithContext":       true,
	"k8s.io/apimachinery/pkg/util/wait.PollImmediateInfiniteWithContext": true,
	"k8s.io/apimachinery/pkg/util/wait.PollImmediateUntilWithContext":    true,
	"k8s.io/apimachinery/pkg/util/wait.PollInfiniteWithContext":          true,
	"k8s.io/apimachinery/pkg/util/wait.PollUntilContextCancel":           true,
	"k8s.io/apimachinery/pkg/util/wait.PollUntilWithContext":             true,
	"k8s.io/apimachinery/pkg/util/wait.Until":                            true,
	"k8s.io/apimachinery/pkg/util/wait.UntilWithContext":                 true,
}

// IsStream reports whether t is read after the call that opened it has
// returned, and fails when the context of that call is cancelled: a response
// of net/http, a stream of gRPC.
func IsStream(t types.Type) bool {
	if isPointerTo(t, "net/http", "Response") {
		return true
	}
	if t == nil || !types.IsInterface(t) {
		return false
	}
	return method(t, "RecvMsg") != nil && method(t, "CloseSend") != nil
}

// IsReader reports whether t is an interface with a Read method.
func IsReader(t types.Type) bool {
	return t != nil && types.IsInterface(t) && method(t, "Read") != nil
}

// ReadsOn reports whether a value of the type reads from another reader, bit by
// bit, though it is none itself.
func ReadsOn(t types.Type) bool {
	return isPointerTo(t, "bufio", "Scanner") || isPointerTo(t, "encoding/json", "Decoder") ||
		isPointerTo(t, "encoding/xml", "Decoder") || isPointerTo(t, "encoding/csv", "Reader")
}

// Standard reports whether fn is a function of the standard library: no element
// at the head of its path has a dot.
func Standard(fn *types.Func) bool {
	if fn.Pkg() == nil {
		return false
	}
	head, _, _ := strings.Cut(fn.Pkg().Path(), "/")
	return !strings.Contains(head, ".")
}
