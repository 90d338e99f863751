// Package summary says what a function does for its callers. It is the only
// package with facts.
//
// Contributors (spans, launch) fill in what they know about one function;
// the table runs them over a package until nothing changes. Absent summaries
// mean that nothing is known, and whoever asks stays silent.
package summary

import (
	"go/ast"
	"go/types"
	"reflect"
	"slices"

	"github.com/spanlint/spanlint/analyzer/internal/scope"
)

// A Func is the summary of one function. It holds names and slots, never
// positions, so that it can travel as a fact.
type Func struct {
	// Slots has the receiver first (zero for functions), then the parameters.
	Slots   []Slot
	Results []Result
	// NoReturn says that no path returns.
	NoReturn bool
	// Endless says that some path loops for ever or until a context is done,
	// or blocks until then.
	Endless bool
	// Traces says that a span is started somewhere below; StartsFirst that
	// one is started before any other work, from a context parameter or fresh.
	Traces      bool
	StartsFirst bool
	// Hides names the function, this one or one below it, that works with a
	// context of its own making where callers might have one.
	Hides string
	// MayTrace says that a span is started on some way below: as Traces, or in
	// one of several implementations of an interface, or by handlers.
	MayTrace bool
	// Fails says that it starts a span, and sets its status to an error on some
	// path.
	Fails bool
	// Setup: what the call does for the program's telemetry.
	Setup Setup
}

// A Slot is the summary of one parameter or the receiver.
type Slot struct {
	// Span: what happens to a span, an end function, or the span of a
	// context, passed here.
	Span Handling
	// Ctx: what happens to a context, or something that carries one.
	Ctx CtxUse
	// Func: what happens to a function value, or those of a variadic parameter.
	Func FuncUse
	// Given is the context that a function value is called with, wherever that
	// happens.
	Given CtxResult
	// Group: what happens to a wait group or something like one.
	Group GroupUse
	// Names: a text becomes the name of a span, or a part of it.
	Names bool
	// Sent: a message is sent to a queue as it is. Bare: so is a body, without
	// any headers.
	Sent, Bare bool
	// Fails: the status of a span, or of the span of a context, is set to an
	// error on some path.
	Fails bool
	// FailsDone: the last result is an error, and nil unless the context that is
	// passed here is done.
	FailsDone bool
	// By names the function that launches the work of Ctx.Loses, as other
	// packages speak of it.
	By string
}

// Handling is what a function does with a span it is given. Zero means that
// it is only looked at.
type Handling uint8

const (
	// Ends: the span is ended on every path to a return.
	Ends Handling = 1 << iota
	// MayEnd: it is ended on some path.
	MayEnd
	// Keeps: it is stored, sent, captured by something that lives on, or
	// given to a function that is not known. Whoever has it may end it.
	Keeps
	// Annotates: attributes, status, events, name or links are set.
	Annotates
)

// CtxUse is what a function does with a context it is given. Zero means that
// the context is ignored.
type CtxUse uint16

const (
	// Reads: values, deadline, span context are read, or it is only logged with.
	Reads CtxUse = 1 << iota
	// Works: it is given, not detached, to work that the call waits for.
	Works
	// Outlives: it is given, not detached, to work that outlives the call.
	Outlives
	// Awaits: the call waits for its end, or loops until then.
	Awaits
	// Stores: it is kept in something that outlives the call.
	Stores
	// Detaches: work gets it with its cancellation cut.
	Detaches
	// Loses: it is given to work that goes on when the request has ended whose
	// context it is, if it is one, and that is a fault which nobody has
	// reported yet. The function Slot.By launches the work.
	Loses
	// Spanless: as Loses, and the work starts no span of its own first.
	Spanless
	// Settled: such work is there, and the fault has been judged where it is
	// launched, whether or not somebody has silenced it.
	Settled
	// Lasts: the function treats the context as one that lasts: keeps it or a
	// cancel function, loops until it is done, hands it to work without end.
	Lasts
	// OfRequest: it is the context of a request, as the user has declared.
	OfRequest
	// Hands: besides Works, for it is given to a call that may do anything with
	// it. Without this bit its error is all that comes of it.
	Hands
	// Yields: it is given to work that goes on when the call has returned, starts
	// no span of its own, and has its other end in what is returned.
	Yields
)

// FuncUse is what a function does with a function value it is given.
type FuncUse uint16

const (
	// Called: it is called before the call returns.
	Called FuncUse = 1 << iota
	// Launched: it runs concurrently and the call does not wait for it.
	Launched
	// Kept: it is stored or passed on to something that is not known.
	Kept
	// Tracked: what is launched is counted by a group that somebody waits for.
	Tracked
	// Deferred: it is called when the function returns, on every path.
	Deferred
	// RunsOnce: it is called once for all callers that ask at the same time,
	// or ever.
	RunsOnce
	// Wrapped: the function that is returned calls it, or is it.
	Wrapped
	// Serves: it is called with a request, as the user has declared.
	Serves
	// Loops: the launched work calls it until somebody stops that, or a loop
	// does whenever a ticker says so, wherever that loop runs.
	Loops
	// Lives: it is kept and called with a context from a field, which lasts as
	// long as what keeps it.
	Lives
)

// GroupUse is what a function does with a group it is given.
type GroupUse uint8

const (
	// Waits: it is waited for on every path.
	Waits GroupUse = 1 << iota
	// Releases: Done is called, or a channel is sent to or closed.
	Releases
	// Receives: a channel is received from on every path.
	Receives
	// MayReceive: a channel is received from on some path, as where one of
	// several is waited for.
	MayReceive
)

// A Result is the summary of one result.
type Result struct {
	// Span: a result of a span type.
	Span SpanResult
	// End: the result is a function that ends a span started by the call.
	End bool
	// Holds: the result is an object with a span that the call has started and
	// that nobody else has.
	Holds bool
	// Ctx: where a context result comes from.
	Ctx CtxResult
	// Stop: a provider, or the function that shuts one down.
	Stop StopResult
	// Handle: the result is what the work of the call can be waited for by, or
	// stopped.
	Handle Handle
}

// A Handle is a way to wait for the work of a call, or to stop it.
type Handle uint8

const (
	// NoHandle is the zero value: none, or nothing is known.
	NoHandle Handle = iota
	// Counts is a group that counts the work.
	Counts
	// Closes is a channel that the work closes.
	Closes
	// Stops is a function that waits for the work or tells it to end.
	Stops
	// Future: an object with a method that waits for the work.
	Future
)

// SpanResult says whose the span is that a function returns.
type SpanResult uint8

const (
	// NotSpan is the zero value: no span, or nothing is known.
	NotSpan SpanResult = iota
	// Open: the call starts it and the caller owns it.
	Open
	// Borrowed: somebody else owns it.
	Borrowed
	// Ambient: as Borrowed, and it is the span of a context that is passed.
	Ambient
)

// A CtxResult is a context that a function returns.
type CtxResult struct {
	Known bool
	// From is the slot it is derived from; FromNone for a fresh one.
	From int
	// Detached: its cancellation does not come from the slot.
	Detached bool
	// Started: it carries a span that the function started; NewRoot if that
	// span has no parent.
	Started bool
	NewRoot bool
	// Other: it carries a span of another tracer than OpenTelemetry, which the
	// function started.
	Other bool
	// Canceled: it is cancelled by a function that the call also returns.
	Canceled bool
	// Ended: the function cancels it, or lets its callers do so, apart from a
	// deadline.
	Ended bool
	// Appends: the function has added to what it sends along with every call.
	Appends bool
	// Carries: it has a span that the function was given otherwise.
	Carries bool
}

// FromNone is the From of a context that no parameter has a part in.
const FromNone = -2

// Params returns the number of parameters, without the receiver.
func (f *Func) Params() int { return len(f.Slots) - 1 }

// SlotAt returns the summary of a slot, the zero Slot if there is none.
func (f *Func) SlotAt(i int) Slot {
	if f == nil || i+1 < 0 || i+1 >= len(f.Slots) {
		return Slot{}
	}
	return f.Slots[i+1]
}

// ResultAt returns the summary of a result, the zero Result if there is none.
func (f *Func) ResultAt(i int) Result {
	if f == nil || i < 0 || i >= len(f.Results) {
		return Result{}
	}
	return f.Results[i]
}

// A Contributor adds what it knows about f to the summary. It may ask the
// table about any function; an answer can grow while the table is built, so
// a contributor only ever adds.
type Contributor func(t *Table, f *scope.Func, sum *Func)

// A Table answers for the functions of one package and what it imports.
type Table struct {
	Pkg    *scope.Package
	local  map[*scope.Func]*Func
	others others
	// Own is what the package itself does for the program's telemetry, Below
	// what the first-party packages do that it imports.
	Own, Below SetupUse
	declared   Overlay // nil if nothing is
}

// others answers for other packages. A function that is nil knows nothing.
type others struct {
	funcs      func(*types.Func) *Func
	methods    func(*types.Func) Method // of interfaces
	interfaces func(*types.Package) []string
}

// An Overlay returns what holds for a function, from what is inferred about
// it, which may be nil.
type Overlay func(fn *types.Func, inferred *Func) *Func

// Build computes the summaries of all functions of pkg. imported answers for
// functions of other packages and may be nil.
func Build(pkg *scope.Package, imported func(*types.Func) *Func, contributors ...Contributor) *Table {
	return build(pkg, others{funcs: imported}, nil, contributors...)
}

func build(pkg *scope.Package, of others, declared Overlay, contributors ...Contributor) *Table {
	t := &Table{Pkg: pkg, local: make(map[*scope.Func]*Func), others: of, declared: declared}
	for _, f := range pkg.Funcs {
		t.local[f] = blank(f)
	}
	// Inner functions come after outer ones in source order, and callees tend
	// to come after callers: the first round goes backwards. Some people write
	// helpers first, so the next one goes forwards. A chain of calls takes as
	// many rounds as it changes its direction, however long it is.
	order := slices.Clone(pkg.Funcs)
	slices.Reverse(order)
	round := func(takesPart func(*scope.Func) bool) (changed []*scope.Func, all bool) {
		all = true
		for i, f := range order {
			// The last function stays first: by it contributors tell a new round.
			if i > 0 && !takesPart(f) {
				all = false
				continue
			}
			next := blank(f)
			for _, c := range contributors {
				c(t, f, next)
			}
			if !reflect.DeepEqual(next, t.local[f]) {
				t.local[f] = next
				changed = append(changed, f)
			}
		}
		if len(order) > 0 {
			slices.Reverse(order[1:])
		}
		return changed, all
	}
	for range maxRounds {
		changed, all := round(func(*scope.Func) bool { return true })
		// What has changed matters to those who call it first of all. What else
		// depends on it shows when all take part again.
		for i := 0; i < maxRounds && len(changed) > 0; i++ {
			near := neighbors(pkg, changed)
			changed, all = round(func(f *scope.Func) bool { return near[f.Root()] })
		}
		if all && len(changed) == 0 {
			break
		}
	}
	return t
}

// neighbors returns the declared functions that call, or otherwise speak of,
// one of some functions, and these themselves.
func neighbors(pkg *scope.Package, funcs []*scope.Func) map[*scope.Func]bool {
	near := make(map[*scope.Func]bool)
	for _, f := range funcs {
		root := f.Root()
		if near[root] = true; root.Obj == nil {
			continue
		}
		for _, use := range pkg.Uses(root.Obj) {
			if user := pkg.Enclosing(use); user != nil {
				near[user.Root()] = true
			}
		}
	}
	return near
}

// maxRounds bounds the fixed point: a chain of helpers that changes its
// direction more often in one package keeps what the last round knew.
const maxRounds = 8

func blank(f *scope.Func) *Func {
	return &Func{Slots: make([]Slot, f.Sig.Params().Len()+1), Results: make([]Result, f.Sig.Results().Len())}
}

// Of returns the summary of a declared or literal function of this package.
func (t *Table) Of(f *scope.Func) *Func { return t.local[f] }

// Callee returns the summary of a statically known function, wherever it is
// declared; nil if nothing is known.
func (t *Table) Callee(fn *types.Func) *Func {
	if fn == nil {
		return nil
	}
	sum := t.inferred(fn)
	if t.declared != nil {
		return t.declared(fn, sum)
	}
	return sum
}

func (t *Table) inferred(fn *types.Func) *Func {
	if f := t.Pkg.Decl(fn); f != nil {
		return t.local[f]
	}
	if t.others.funcs == nil {
		return nil
	}
	return t.others.funcs(fn.Origin())
}

// Call returns the summary of what a call runs: the function that it names, or
// what holds for all functions that a function value can be; nil if nothing is
// known.
func (t *Table) Call(call *ast.CallExpr) *Func {
	if fn := t.Pkg.Callee(call); fn != nil {
		return t.Callee(fn)
	}
	if tv, ok := t.Pkg.Info.Types[call.Fun]; !ok || tv.IsType() || tv.IsBuiltin() {
		return nil
	}
	targets, complete := t.Pkg.Targets(call.Fun)
	if !complete || len(targets) == 0 {
		return nil
	}
	var out *Func
	for _, target := range targets {
		sum := t.local[target.Func]
		if target.Func == nil {
			sum = t.Callee(target.Obj)
		}
		switch {
		case sum == nil:
			return nil
		case out == nil:
			out = sum
		default:
			out = out.or(sum)
		}
	}
	return out
}
