package otelapi

import (
	"go/types"
	"maps"
	"slices"
	"strings"
)

// Tracers is what is known of the APIs that make spans: OpenTelemetry, the
// tracers that came before or live beside it, and what a user declares.
type Tracers struct {
	spans    map[string]*SpanType
	starters map[string]Starter
	takers   map[string]Taker
	endings  []string // the names of all methods that end spans
}

// A SpanType is a type of spans. Methods are known by their names.
type SpanType struct {
	// Defer is the call that ends a span whatever has happened, as it is
	// written behind the span.
	Defer string
	// Reports says that the end is told how the work went, so that Defer is
	// right only where nothing can go wrong.
	Reports bool
	// Counts says that a second end is not ignored: it reports the span again,
	// or is undefined.
	Counts bool
	// Foreign says that the spans are not OpenTelemetry's.
	Foreign bool

	ends      []string
	annotates []string
	chains    []string // methods that return the span itself
	context   string
	asks      map[string]bool
}

// A Starter is a function that starts a span and returns it, alone or with
// the context that carries it.
type Starter struct {
	// Lent says that the span can also be one that somebody else has started.
	Lent bool
}

// A Taker is a function that does something to a span it is given.
type Taker struct {
	// Slot is the argument, Receiver for the receiver.
	Slot int
	// Ends says that the span is ended; else it is annotated.
	Ends bool
}

// spanTypes has the types of spans by their names; where the spans are
// pointers, by the name of what they point to.
var spanTypes = map[string]*SpanType{
	TracePath + ".Span": {
		Defer: "End()", ends: []string{"End"},
		annotates: []string{"AddEvent", "AddLink", "RecordError", "SetAttributes", "SetName", "SetStatus"},
	},
	// go.opencensus.io v0.24.0
	"go.opencensus.io/trace.Span": {
		Defer: "End()", ends: []string{"End"}, Foreign: true,
		annotates: []string{"AddAttributes", "AddLink", "AddMessageReceiveEvent", "AddMessageSendEvent", "Annotate", "Annotatef", "SetName", "SetStatus"},
		asks:      map[string]bool{"IsRecordingEvents": true},
	},
	// github.com/opentracing/opentracing-go v1.2.0
	"github.com/opentracing/opentracing-go.Span": {
		Defer: "Finish()", ends: []string{"Finish", "FinishWithOptions"}, Counts: true, Foreign: true,
		annotates: []string{"Log", "LogEvent", "LogEventWithPayload", "LogFields", "LogKV", "SetBaggageItem", "SetOperationName", "SetTag"},
		chains:    []string{"SetBaggageItem", "SetOperationName", "SetTag"},
	},
	// gopkg.in/DataDog/dd-trace-go.v1 v1.74.8
	"gopkg.in/DataDog/dd-trace-go.v1/ddtrace.Span": {
		Defer: "Finish()", ends: []string{"Finish"}, Foreign: true,
		annotates: []string{"SetBaggageItem", "SetOperationName", "SetTag"},
	},
	// github.com/DataDog/dd-trace-go/v2 v2.12.0
	"github.com/DataDog/dd-trace-go/v2/ddtrace/tracer.Span": {
		Defer: "Finish()", ends: []string{"Finish"}, Foreign: true,
		annotates: []string{"AddEvent", "AddLink", "SetBaggageItem", "SetMetaStruct", "SetOperationName", "SetTag", "SetUser"},
	},
	// go.elastic.co/apm/v2 v2.7.1; go.elastic.co/apm v1.15.0
	"go.elastic.co/apm/v2.Span":        elasticSpan,
	"go.elastic.co/apm/v2.Transaction": elasticTransaction,
	"go.elastic.co/apm.Span":           {Defer: "End()", ends: []string{"End"}, Foreign: true, annotates: []string{"SetStacktrace"}, asks: map[string]bool{"Dropped": false}},
	"go.elastic.co/apm.Transaction":    {Defer: "End()", ends: []string{"Discard", "End"}, Foreign: true},
	// github.com/getsentry/sentry-go v0.50.0: what is set after the end of a
	// span is exported with its transaction.
	"github.com/getsentry/sentry-go.Span": {
		Defer: "Finish()", ends: []string{"Finish"}, Foreign: true, context: "Context",
	},
	// github.com/aws/aws-xray-sdk-go v1.8.5: a segment can be annotated until
	// the one above it is closed.
	"github.com/aws/aws-xray-sdk-go/xray.Segment": {
		Defer: "Close(nil)", Reports: true, ends: []string{"Close", "CloseAndStream"}, Counts: true, Foreign: true,
	},
	// github.com/newrelic/go-agent/v3 v3.45.0
	"github.com/newrelic/go-agent/v3/newrelic.Transaction": {
		Defer: "End()", ends: []string{"End"}, Foreign: true,
		annotates: []string{"AddAttribute", "NoticeError", "NoticeExpectedError", "SetName", "SetUserID", "SetWebRequest", "SetWebRequestHTTP"},
		asks:      map[string]bool{"IsEnded": false},
	},
	"github.com/newrelic/go-agent/v3/newrelic.Segment":                newRelicSegment,
	"github.com/newrelic/go-agent/v3/newrelic.DatastoreSegment":       newRelicSegment,
	"github.com/newrelic/go-agent/v3/newrelic.ExternalSegment":        newRelicSegment,
	"github.com/newrelic/go-agent/v3/newrelic.MessageProducerSegment": newRelicSegment,
}

var (
	elasticSpan        = &SpanType{Defer: "End()", ends: []string{"End"}, Foreign: true, annotates: []string{"AddLink", "SetStacktrace"}, asks: map[string]bool{"Dropped": false}}
	elasticTransaction = &SpanType{Defer: "End()", ends: []string{"Discard", "End"}, Foreign: true, annotates: []string{"AddLink"}}
	newRelicSegment    = &SpanType{Defer: "End()", ends: []string{"End"}, Foreign: true, annotates: []string{"AddAttribute"}}
)

// spanStarters are the functions that return a span they have started. Those
// that return a context beside it need no entry, whoever implements them.
var spanStarters = map[string]Starter{
	"github.com/opentracing/opentracing-go.StartSpan":                          {},
	"(github.com/opentracing/opentracing-go.Tracer).StartSpan":                 {},
	"gopkg.in/DataDog/dd-trace-go.v1/ddtrace/tracer.StartSpan":                 {},
	"(gopkg.in/DataDog/dd-trace-go.v1/ddtrace.Tracer).StartSpan":               {},
	"github.com/DataDog/dd-trace-go/v2/ddtrace/tracer.StartSpan":               {},
	"(github.com/DataDog/dd-trace-go/v2/ddtrace/tracer.Tracer).StartSpan":      {},
	"(*github.com/DataDog/dd-trace-go/v2/ddtrace/tracer.Span).StartChild":      {},
	"(*go.elastic.co/apm/v2.Tracer).StartSpan":                                 {},
	"(*go.elastic.co/apm/v2.Tracer).StartTransaction":                          {},
	"(*go.elastic.co/apm/v2.Tracer).StartTransactionOptions":                   {},
	"(*go.elastic.co/apm/v2.Transaction).StartExitSpan":                        {},
	"(*go.elastic.co/apm/v2.Transaction).StartSpan":                            {},
	"(*go.elastic.co/apm/v2.Transaction).StartSpanOptions":                     {},
	"(*go.elastic.co/apm.Tracer).StartSpan":                                    {},
	"(*go.elastic.co/apm.Tracer).StartTransaction":                             {},
	"(*go.elastic.co/apm.Tracer).StartTransactionOptions":                      {},
	"(*go.elastic.co/apm.Transaction).StartSpan":                               {},
	"(*go.elastic.co/apm.Transaction).StartSpanOptions":                        {},
	"github.com/getsentry/sentry-go.StartSpan":                                 {},
	"(*github.com/getsentry/sentry-go.Span).StartChild":                        {},
	"github.com/getsentry/sentry-go.StartTransaction":                          {Lent: true},
	"(*github.com/newrelic/go-agent/v3/newrelic.Application).StartTransaction": {},
	"(*github.com/newrelic/go-agent/v3/newrelic.Transaction).StartSegment":     {},
	"github.com/newrelic/go-agent/v3/newrelic.StartSegment":                    {},
	"github.com/newrelic/go-agent/v3/newrelic.StartExternalSegment":            {},
}

// spanTakers are functions of the tracers that do something to a span they
// are given. All others of spanPackages only look at it.
var spanTakers = map[string]Taker{
	"github.com/opentracing/opentracing-go/ext.LogError":                {Slot: 0},
	"(github.com/opentracing/opentracing-go/ext.BoolTagName).Set":       {Slot: 0},
	"(github.com/opentracing/opentracing-go/ext.IPv4TagName).Set":       {Slot: 0},
	"(github.com/opentracing/opentracing-go/ext.IPv4TagName).SetString": {Slot: 0},
	"(github.com/opentracing/opentracing-go/ext.StringTagName).Set":     {Slot: 0},
	"(github.com/opentracing/opentracing-go/ext.Uint16TagName).Set":     {Slot: 0},
	"(github.com/opentracing/opentracing-go/ext.Uint32TagName).Set":     {Slot: 0},
	"gopkg.in/DataDog/dd-trace-go.v1/ddtrace/tracer.SetUser":            {Slot: 0},
	"github.com/DataDog/dd-trace-go/v2/ddtrace/tracer.SetUser":          {Slot: 0},
}

// spanPackages are the packages of the tracers, whose functions end no span
// that they are given.
var spanPackages = map[string]bool{
	"go.opencensus.io/trace":                           true,
	"github.com/opentracing/opentracing-go":            true,
	"github.com/opentracing/opentracing-go/ext":        true,
	"gopkg.in/DataDog/dd-trace-go.v1/ddtrace":          true,
	"gopkg.in/DataDog/dd-trace-go.v1/ddtrace/tracer":   true,
	"github.com/DataDog/dd-trace-go/v2/ddtrace/tracer": true,
	"go.elastic.co/apm/v2":                             true,
	"go.elastic.co/apm":                                true,
	"github.com/getsentry/sentry-go":                   true,
	"github.com/aws/aws-xray-sdk-go/xray":              true,
	"github.com/newrelic/go-agent/v3/newrelic":         true,
}

// facades return a context and what looks like a span beside it, and is none
// that anybody has to end.
var facades = map[string]bool{
	"github.com/aws/aws-xray-sdk-go/xray.BeginFacadeSegment": true,
}

// KnownTracers returns what spanlint knows without being told.
func KnownTracers() *Tracers { return knownTracers }

var knownTracers = newTracers(spanTypes, spanStarters, spanTakers)

func newTracers(spans map[string]*SpanType, starters map[string]Starter, takers map[string]Taker) *Tracers {
	t := &Tracers{spans: spans, starters: starters, takers: takers}
	for _, s := range spans {
		t.endings = append(t.endings, s.ends...)
	}
	slices.Sort(t.endings)
	t.endings = slices.Compact(t.endings)
	return t
}

// Extend returns the tracers with functions that a user declares, by their
// types.Func.FullName: starters return a span they have started, enders end
// one that they are given, or that they are a method of. The spans of an
// ender's receiver are of a type of their own, unless it is known already.
func (t *Tracers) Extend(starters []string, enders map[string]int) *Tracers {
	if len(starters) == 0 && len(enders) == 0 {
		return t
	}
	spans, begin, take := maps.Clone(t.spans), maps.Clone(t.starters), maps.Clone(t.takers)
	for _, name := range starters {
		begin[name] = Starter{}
	}
	for _, name := range slices.Sorted(maps.Keys(enders)) {
		slot := enders[name]
		recv, method, isMethod := receiverOf(name)
		if slot != Receiver || !isMethod {
			take[name] = Taker{Slot: slot, Ends: true}
			continue
		}
		s := &SpanType{Foreign: true, Counts: true}
		if known := spans[recv]; known != nil {
			s = new(*known)
		}
		s.ends = append(slices.Clip(s.ends), method)
		spans[recv] = s
	}
	return newTracers(spans, begin, take)
}

// Packages returns the import paths of the packages that have the types of
// spans, in order.
func (t *Tracers) Packages() []string {
	var paths []string
	for name := range t.spans {
		slash := strings.LastIndex(name, "/") + 1
		if dot := strings.LastIndex(name[slash:], "."); dot >= 0 {
			paths = append(paths, name[:slash+dot])
		}
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}

// receiverOf splits the full name of a method.
func receiverOf(fullName string) (recv, method string, ok bool) {
	rest, ok := strings.CutPrefix(fullName, "(")
	if !ok {
		return "", "", false
	}
	recv, method, ok = strings.Cut(rest, ").")
	recv, _, _ = strings.Cut(strings.TrimPrefix(recv, "*"), "[")
	return recv, method, ok
}

// SpanType returns what is known of t, nil if its values are no spans.
func (t *Tracers) SpanType(typ types.Type) *SpanType {
	if typ == nil {
		return nil
	}
	typ = types.Unalias(typ)
	if p, ok := typ.(*types.Pointer); ok {
		typ = types.Unalias(p.Elem())
		if types.IsInterface(typ) {
			return nil // a pointer to a variable that has a span
		}
	}
	named, ok := typ.(*types.Named)
	if !ok || named.Obj().Pkg() == nil {
		return nil
	}
	obj := named.Obj()
	if !t.named(obj.Name()) {
		return nil
	}
	return t.spans[obj.Pkg().Path()+"."+obj.Name()]
}

// named spares most types the making of a string.
func (t *Tracers) named(name string) bool {
	if t == knownTracers {
		return strings.HasSuffix(name, "Span") || strings.HasSuffix(name, "Segment") || name == "Transaction"
	}
	return true
}

// IsSpan reports whether values of the type are spans of any tracer.
func (t *Tracers) IsSpan(typ types.Type) bool { return t.SpanType(typ) != nil }

// Starter returns what is known of a function whose result is a span that it
// has started.
func (t *Tracers) Starter(fn *types.Func) (Starter, bool) {
	if fn == nil {
		return Starter{}, false
	}
	s, ok := t.starters[key(fn.Origin())]
	return s, ok
}

// Taker returns what a function does to a span that it is given, the zero
// value if it only looks at it. The second result is false if that is not known.
func (t *Tracers) Taker(fn *types.Func) (Taker, bool) {
	if fn == nil || fn.Pkg() == nil {
		return Taker{}, false
	}
	if taker, ok := t.takers[key(fn.Origin())]; ok {
		return taker, true
	}
	return Taker{Slot: noSlot}, spanPackages[fn.Pkg().Path()]
}

// noSlot is the slot of those that do nothing.
const noSlot = -2

// Facade reports whether fn returns a context beside something that only
// looks like a span to end.
func Facade(fn *types.Func) bool { return fn != nil && facades[key(fn)] }

// OfTracer reports whether fn belongs to a tracer's API.
func OfTracer(fn *types.Func) bool {
	return fn != nil && fn.Pkg() != nil && (strings.HasPrefix(fn.Pkg().Path(), OtelPath) || spanPackages[fn.Pkg().Path()])
}

// Ends reports whether the method of a span of type typ ends it. A span can
// also be in something of another type: there the method ends it if it is
// called as with some tracer.
func (t *Tracers) Ends(typ types.Type, method string) bool {
	if s := t.SpanType(typ); s != nil {
		return slices.Contains(s.ends, method)
	}
	return slices.Contains(t.endings, method)
}

// Annotates reports whether the method of a span of type typ adds to what is
// exported. After the end such calls do nothing, or what they must not.
func (t *Tracers) Annotates(typ types.Type, method string) bool {
	if s := t.SpanType(typ); s != nil {
		return slices.Contains(s.annotates, method)
	}
	for _, s := range t.spans {
		if slices.Contains(s.annotates, method) {
			return true
		}
	}
	return false
}

// Chains reports whether the method of a span of type typ returns that span.
func (t *Tracers) Chains(typ types.Type, method string) bool {
	s := t.SpanType(typ)
	return s != nil && slices.Contains(s.chains, method)
}

// CarriedBy reports whether the method of a span of type typ returns the
// context that carries it.
func (t *Tracers) CarriedBy(typ types.Type, method string) bool {
	s := t.SpanType(typ)
	return s != nil && s.context != "" && s.context == method
}

// Asks returns what a method of a span of type typ says while the span is
// open. The second result is false if it says nothing about that.
func (t *Tracers) Asks(typ types.Type, method string) (answer, ok bool) {
	s := t.SpanType(typ)
	if s == nil || !s.Foreign {
		return true, true // IsRecording, SpanContext().IsValid
	}
	answer, ok = s.asks[method]
	return answer, ok
}

// MayEnd reports whether typ, which is no type of spans, is something through
// which a span can be ended: an interface with the method of a tracer.
func (t *Tracers) MayEnd(typ types.Type) bool {
	if typ == nil || !types.IsInterface(typ) && !isTypeParam(typ) {
		return false
	}
	for _, name := range t.endings {
		fn := method(typ, name)
		if fn != nil && fn.Signature().Results().Len() == 0 && fn.Signature().Params().Len() <= 1 {
			return true
		}
	}
	return false
}

func isTypeParam(typ types.Type) bool {
	_, ok := types.Unalias(typ).(*types.TypeParam)
	return ok
}

// HasEnd reports whether typ has a method that ends the spans of some tracer.
func (t *Tracers) HasEnd(typ types.Type) bool {
	if typ == nil {
		return false
	}
	return slices.ContainsFunc(t.endings, func(name string) bool { return method(typ, name) != nil })
}

// PlainEnd returns the call of a method without arguments that ends spans of
// type typ, "" if there is none.
func (t *Tracers) PlainEnd(typ types.Type) string {
	s := t.SpanType(typ)
	if s == nil {
		return ""
	}
	for _, name := range s.ends {
		if fn := method(typ, name); fn != nil {
			if n := fn.Signature().Params().Len(); n == 0 || n == 1 && fn.Signature().Variadic() {
				return name + "()"
			}
		}
	}
	return ""
}
