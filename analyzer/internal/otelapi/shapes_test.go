package otelapi

import (
	"go/types"
	"slices"
	"strings"
	"testing"
)

// The names of the declarations say what they are examples of.
const shapes = `package p

import (
	"context"
	"io"
	"net/http"
	"sync"

	"go.opentelemetry.io/otel/trace"
	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"
)

type key struct{}

// Functions that read a value from a context.
func readsOne(context.Context) key                { return key{} }
func readsWithOK(context.Context) (key, bool)     { return key{}, false }
func readsWithDefault(context.Context, ...any) int { return 0 }

// And some that look alike.
func readsNotFails(context.Context) (key, error)              { return key{}, nil }
func readsNotDerives(context.Context) context.Context          { return nil }
func readsNotStarts(context.Context) trace.Span                { return nil }
func readsNotListens(context.Context) <-chan key               { return nil }
func readsNotOfMore(context.Context, string) key               { return key{} }
func readsNotNothing(context.Context)                          {}
func (key) readsNotMethod(context.Context) key                 { return key{} }

// Log calls.
func logsText(ctx context.Context, format string, args ...any) {}
func logsValues(ctx context.Context, args ...any)              {}
func logsLevel(ctx context.Context, level int, msg string, args ...any) {}
func (key) logsMethod(ctx context.Context, msg string, args ...int) {}

func logsNotResult(ctx context.Context, format string, args ...any) error { return nil }
func logsNotFixed(ctx context.Context, msg string)                       {}
func logsNotTyped(ctx context.Context, ids ...string)                    {}
func logsNotIDs(ctx context.Context, id int, more ...int)                {}
func logsNotPlain(format string, args ...any)                            {}

// Handlers, by the parameter that the name ends with.
func handles1(http.ResponseWriter, *http.Request)                 {}
func (key) handles0(*http.Request, http.ResponseWriter, int) error { return nil }
func handlesStream1(any, grpc.ServerStream) error                  { return nil }
func handlesUnary0(context.Context, any, *grpc.UnaryServerInfo, grpc.UnaryHandler) (any, error) {
	return nil, nil
}

func handlesNotOutgoing(*http.Request) (*http.Response, error) { return nil, nil }
func handlesNotWriter(http.ResponseWriter)                     {}
func handlesNotClient(grpc.ClientStream) error                 { return nil }
func handlesNotContext(context.Context, any) (any, error)      { return nil, nil }

type (
	// Groups and what is none.
	groupStd     = sync.WaitGroup
	groupErr     = errgroup.Group
	groupOwn     struct{ sync.WaitGroup }
	groupCounter interface{ Add(int); Done(); Wait() }
	groupPool    interface{ Go(func()); Wait() error }

	groupNotTwo  interface{ Add(int); Wait() }
	groupNotDone interface{ Add(int); Done() }
	groupNotGo   interface{ Go(func()) }
	groupNotCmd  struct{}

	// Contexts.
	contextStd   = context.Context
	contextOwn   struct{ context.Context }
	contextPtr   = *contextOwn
	contextMore  interface{ context.Context; JSON(int, any) }

	contextNotDone struct{}
	contextNotKeys struct{ context.Context }
	contextNotHalf interface{ Done() <-chan struct{}; Err() error }
	contextNotReq  = *http.Request

	// Streams, read after the call has returned.
	streamHTTP    = *http.Response
	streamGRPC    = grpc.ClientStream
	streamNotSrv  = grpc.ServerStream
	streamNotRead = io.Reader
	streamNotOwn  struct{ grpc.ClientStream }

	readerStd     = io.ReadCloser
	readerNotFile struct{ io.Reader }
)

func (groupNotCmd) Wait() error { return nil }
func (groupNotCmd) Start()      {}

func (contextNotKeys) Value(string) any { return nil }

func (contextNotDone) Deadline()   {}
func (contextNotDone) Done() bool  { return true }
func (contextNotDone) Err() error  { return nil }
func (contextNotDone) Value(any) any { return nil }

// Transports, that send the request they are given.
func transports(*http.Request) (*http.Response, error)                   { return nil, nil }
func (key) transportsMore(*http.Request, int) (*http.Response, error)    { return nil, nil }
func transportsNotBuilds(context.Context) (*http.Request, error)         { return nil, nil }
func transportsNotAnswers(*http.Response, *http.Request)            {}
func transportsNotBody(*http.Request) ([]byte, error)                    { return nil, nil }

// Errors made of texts.
func errsText(format string, args ...any) error                 { return nil }
func errsCode(code int, format string, args ...any) error       { return nil }
func errsNotWork(ctx context.Context, query string, args ...any) error { return nil }
func errsNotNames(name string, more ...string) error            { return nil }
func errsNotText(name string) error                             { return nil }
func errsNotResult(format string, args ...any) (int, error)     { return 0, nil }
func (key) errsNotMethod(query string, args ...any) error       { return nil }
`

func TestShapes(t *testing.T) {
	pkg := check(t, shapes)
	var funcs []*types.Func
	typeOf := make(map[string]types.Type)
	for _, name := range pkg.Scope().Names() {
		switch obj := pkg.Scope().Lookup(name).(type) {
		case *types.Func:
			funcs = append(funcs, obj)
		case *types.TypeName:
			typeOf[name] = obj.Type()
		}
	}
	for m := range typeOf["key"].(*types.Named).Methods() {
		funcs = append(funcs, m)
	}
	asked := 0
	// is compares what a question answers with what the name says.
	is := func(question, name string, got bool) {
		if rest, ok := strings.CutPrefix(name, question); ok {
			asked++
			if want := !strings.HasPrefix(rest, "Not"); got != want {
				t.Errorf("%s: got %v", name, got)
			}
		}
	}
	for _, fn := range funcs {
		is("reads", fn.Name(), ReadsOnly(fn))
		is("logs", fn.Name(), ReadsOnly(fn))
		is("transports", fn.Name(), Transports(fn.Signature()))
		is("errs", fn.Name(), MakesError(fn))
		slot, ok := HandlerSlot(fn.Signature())
		is("handles", fn.Name(), ok)
		if strings.HasPrefix(fn.Name(), "handles") && ok && !strings.HasSuffix(fn.Name(), string(rune('0'+slot))) {
			t.Errorf("%s: got slot %d", fn.Name(), slot)
		}
	}
	for name, typ := range typeOf {
		is("group", name, IsGroup(typ))
		if !types.IsInterface(typ) { // nobody calls methods through a pointer to one
			is("group", name, IsGroup(types.NewPointer(typ)))
		}
		is("context", name, ImplementsContext(typ))
		is("stream", name, IsStream(typ))
		is("reader", name, IsReader(typ))
	}
	if want := len(funcs) + len(typeOf) - 1 + 4; asked != want { // key is no example; some groups are asked twice
		t.Errorf("asked about %d of %d shapes", asked, want)
	}
}

// A question about nothing has an answer too: expressions without a type and
// calls of function values are everywhere in code that is being written.
func TestNothing(t *testing.T) {
	for i, got := range []bool{
		IsSpan(nil), IsTracer(nil), IsContext(nil), IsRequest(nil), IsCancel(nil), ImplementsContext(nil), IsGroup(nil),
		IsStream(nil), IsReader(nil), IsNoop(nil), Pooled(nil), RequestContext(nil) != "",
		Lends(nil), NoReturn(nil), ReadsOnly(nil), Sends(nil), Blocks(nil), Begins(nil), Stops(nil), OnlyWaits(nil), TellsEnd(nil),
		AddsLink(nil), LeavesUnlinked(nil), MakesRoot(nil), MakesNoop(nil),
		ImplementsContext(types.Typ[types.UntypedNil]), ImplementsContext(types.Typ[types.Invalid]),
	} {
		if got {
			t.Errorf("question %d is answered with yes", i)
		}
	}
	if _, ok := DerivationOf(nil); ok {
		t.Error("nothing derives a context")
	}
	if _, ok := LauncherOf(nil); ok {
		t.Error("nothing launches")
	}
	universe := types.Universe.Lookup("error").Type().Underlying().(*types.Interface).Method(0) // in no package
	if ReadsOnly(universe) || Begins(universe) || TellsEnd(universe) {
		t.Error("error.Error has to do with contexts")
	}
}

// A type is told by its package and name, through aliases and not by what it
// looks like.
func TestTypes(t *testing.T) {
	pkg := check(t, `package p

import (
	"context"
	"net/http"

	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

type (
	span    = trace.Span
	tracer  = trace.Tracer
	ctx     = context.Context
	cancel  = context.CancelFunc
	cause   = context.CancelCauseFunc
	request = *http.Request
	noTracer   = noop.Tracer
	noProvider = noop.TracerProvider

	Span     interface{ trace.Span }
	Context  interface{ context.Context }
	value    = http.Request
	function = func()
)
`)
	questions := map[string]func(types.Type) bool{
		"span": IsSpan, "tracer": IsTracer, "ctx": IsContext, "cancel": IsCancel, "cause": IsCancel, "request": IsRequest,
		"noTracer": IsNoop, "noProvider": IsNoop,
	}
	for name, yes := range questions {
		var got []string
		for _, other := range pkg.Scope().Names() {
			if yes(pkg.Scope().Lookup(other).Type()) {
				got = append(got, other)
			}
		}
		want := []string{name}
		if strings.HasPrefix(name, "no") {
			want = []string{"noProvider", "noTracer"}
		} else if strings.HasPrefix(name, "ca") {
			want = []string{"cancel", "cause"}
		}
		if !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	}
}
