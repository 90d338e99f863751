// Package queue answers how messages leave a package and come into it, and
// whether a trace travels with them.
//
// It knows clients by the tables of otelapi. A message counts as one without
// headers only where all that happens to it is in view.
package queue

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/edge"

	"github.com/spanlint/spanlint/analyzer/internal/ctxflow"
	"github.com/spanlint/spanlint/analyzer/internal/launch"
	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/path"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
	"github.com/spanlint/spanlint/analyzer/internal/spans"
	"github.com/spanlint/spanlint/analyzer/internal/summary"
)

// An Index answers for one package.
type Index struct {
	table    *summary.Table
	pkg      *scope.Package
	flow     *ctxflow.Flow
	spans    *spans.Index
	launches *launch.Index
	queues   *otelapi.Queues
}

// New returns the index of the table's package, for the clients in queues.
func New(t *summary.Table, s *spans.Index, l *launch.Index, queues *otelapi.Queues) *Index {
	return &Index{table: t, pkg: t.Pkg, flow: l.Flow, spans: s, launches: l, queues: queues}
}

// Speaks reports whether anything here can be asked of the package: it starts
// spans, injects or extracts.
func (x *Index) Speaks() bool {
	if len(x.spans.Starts()) > 0 {
		return true
	}
	for _, imp := range x.pkg.Types.Imports() {
		if imp.Path() == otelapi.OtelPath+"/propagation" {
			return true
		}
	}
	return false
}

// Instrumented reports whether clients of queues may carry traces by
// themselves, as far as this package sees the program.
func (x *Index) Instrumented() bool {
	return (x.table.Own|x.table.Below)&summary.WrapsQueue != 0
}

// calls visits the calls of f itself, without its literals.
func calls(f *scope.Func, visit func(*ast.CallExpr)) {
	ast.Inspect(f.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.CallExpr:
			visit(n)
		}
		return true
	})
}

// does reports whether some call in the function around f, its literals
// included, does something to the trace of a message.
func (x *Index) does(f *scope.Func, use summary.SetupUse, is func(*types.Func) bool) bool {
	found := false
	ast.Inspect(f.Root().Body, func(n ast.Node) bool {
		if c, ok := n.(*ast.CallExpr); ok && !found {
			fn := x.pkg.Callee(c)
			sum := x.table.Callee(fn)
			found = is(fn) || sum != nil && sum.Setup.Does&use != 0
		}
		return !found
	})
	return found
}

// Injects reports whether the function around f may put a trace into what it
// sends: it injects, or reads what identifies a span.
func (x *Index) Injects(f *scope.Func) bool {
	return x.does(f, summary.Injects, func(fn *types.Func) bool {
		return otelapi.Injects(fn) || otelapi.ReadsSpanContext(fn)
	})
}

// Extracts reports whether the function around f may take a trace out of what
// it receives.
func (x *Index) Extracts(f *scope.Func) bool {
	return x.does(f, summary.Extracts, otelapi.Extracts)
}

// Kind returns the kind that a span is started with, "" for none. The second
// result is false if an option is not in view.
func (x *Index) Kind(s *spans.Start) (string, bool) {
	if s.Call.Ellipsis.IsValid() || len(s.Call.Args) < 2 {
		return "", false
	}
	d, ok := otelapi.DerivationOf(x.pkg.Callee(s.Call))
	if !ok || d.Effect != otelapi.Starts {
		return "", false // a helper of the user's, with options of its own
	}
	for _, arg := range s.Call.Args[2:] {
		c, ok := ast.Unparen(arg).(*ast.CallExpr)
		if !ok {
			return "", false
		}
		if !otelapi.SetsKind(x.pkg.Callee(c)) || len(c.Args) != 1 {
			continue
		}
		var id *ast.Ident
		switch e := ast.Unparen(c.Args[0]).(type) {
		case *ast.Ident:
			id = e
		case *ast.SelectorExpr:
			id = e.Sel
		default:
			return "", false
		}
		kind, ok := otelapi.KindOf(x.pkg.Info.ObjectOf(id))
		return kind, ok
	}
	return "", true
}

// option reports whether a start has an option that is says so of.
func (x *Index) option(s *spans.Start, is func(*types.Func) bool) bool {
	for _, arg := range s.Call.Args {
		if c, ok := ast.Unparen(arg).(*ast.CallExpr); ok && is(x.pkg.Callee(c)) {
			return true
		}
	}
	return false
}

// givenPlain reports whether a message is one that f was given, and that it
// sends as it is. What the callers have put into it cannot be the span of f;
// but where one of them injects, the trace goes on past it.
func (x *Index) givenPlain(e ast.Expr, f *scope.Func) bool {
	v := x.pkg.VarOf(e)
	slot, ok := f.SlotOf(v)
	if v == nil || !ok || slot == scope.Receiver || !forwarded(x.table, v) {
		return false
	}
	for _, c := range x.launches.Callers(f) {
		if c.Func == nil || x.Injects(c.Func) {
			return false
		}
	}
	return true
}

// carriesItself reports whether a body may have a carrier in it: a type of the
// user's that has one.
func (x *Index) carriesItself(e ast.Expr) bool {
	t := x.pkg.Info.TypeOf(e)
	if _, ok := t.Underlying().(*types.Slice); ok {
		return false // bytes, and nothing in the function injects
	}
	if _, _, ok := x.queues.MessageOf(t); ok {
		return false
	}
	return otelapi.Carrier(t)
}

// openAt returns a span that f has started and not ended when it comes to n.
func (x *Index) openAt(f *scope.Func, n ast.Node) *spans.Start {
	g := f.Graph()
	to, ok := g.At(n)
	if !ok {
		return nil
	}
	var found *spans.Start
	for _, s := range x.spans.StartsIn(f) {
		from, ok := g.At(s.Call)
		if !ok || !g.Dominates(from, to) {
			continue
		}
		ended := make(map[ast.Node]bool)
		for _, p := range s.EndPoints() {
			if at, ok := g.At(p.Node); ok && !p.Deferred && p.Func == f {
				ended[at.Node()] = true
			}
		}
		if _, open := g.Reach(from, func(m ast.Node) bool { return m == to.Node() }, path.Search{Stop: func(m ast.Node) bool { return ended[m] }}); open {
			found = s
		}
	}
	return found
}

// A Consume is the start of a span for a message.
type Consume struct {
	Span *spans.Start
	Func *scope.Func
	// Message is the variable that has the message, Of what is known of it.
	Message *types.Var
	Of      otelapi.Message
	// Kindless says that the span has no kind.
	Kindless bool
}

// Fresh returns the spans that f starts for a message on a context that has
// nothing of it.
func (x *Index) Fresh(f *scope.Func) []Consume {
	var out []Consume
	kindless := false
	for _, s := range x.spans.StartsIn(f) {
		kind, ok := x.Kind(s)
		if !ok || kind != "" && kind != "Consumer" || kind == "" && kindless {
			continue // one step of the work speaks for the others
		}
		if x.option(s, otelapi.AddsLink) || x.option(s, otelapi.MakesRoot) {
			continue // a trace of its own, on purpose
		}
		v, of, param := x.messageAt(f, s.Call)
		if v == nil || x.Extracts(f) {
			continue
		}
		if x.fromElsewhere(s, f, kind, v, param) {
			continue
		}
		kindless = kindless || kind == ""
		out = append(out, Consume{s, f, v, of, kind == ""})
	}
	return out
}

// fromElsewhere reports whether the context of a start may have come with the
// message.
func (x *Index) fromElsewhere(s *spans.Start, f *scope.Func, kind string, msg *types.Var, param bool) bool {
	values := x.flow.Eval(s.Call.Args[0], f, nil)
	if len(values) == 0 {
		return true
	}
	for _, v := range values {
		if _, has := v.Span(); has {
			return true
		}
		switch v.Origin {
		case ctxflow.Background:
		case ctxflow.Param:
			if kind == "" && (param || !x.fetchedOn(msg, v, f)) {
				return true // any span of a function that has a message at hand
			}
			if param && v.Func == f && x.callersExtract(f, v.Var) {
				return true
			}
			if v.Func != f && !x.older(f, v.Func) {
				return true
			}
		case ctxflow.Field:
			if kind == "" || v.Var == nil {
				return true
			}
		default:
			return true
		}
	}
	return false
}

// fetchedOn reports whether f has got a message from its client by a call on the
// very context ctx: then that is older than the message, and has nothing of it.
func (x *Index) fetchedOn(msg *types.Var, ctx ctxflow.Value, f *scope.Func) bool {
	for _, cur := range x.pkg.Uses(msg) {
		if cur.ParentEdgeKind() != edge.AssignStmt_Lhs {
			continue
		}
		for _, rhs := range cur.Parent().Node().(*ast.AssignStmt).Rhs {
			call, ok := ast.Unparen(rhs).(*ast.CallExpr)
			if !ok {
				return false
			}
			for _, arg := range call.Args {
				if !otelapi.IsContext(x.pkg.Info.TypeOf(arg)) {
					continue
				}
				values := x.flow.Eval(arg, f, nil)
				return len(values) == 1 && values[0].Origin == ctxflow.Param && values[0].Var == ctx.Var && x.ofClient(call)
			}
		}
	}
	return false
}

// ofClient reports whether a call is one of a method of the client of a queue,
// which gives the message that it was sent.
func (x *Index) ofClient(call *ast.CallExpr) bool {
	fn := x.pkg.Callee(call)
	_, pkg, ok := x.queues.MessageOf(first(x.pkg.Info.TypeOf(call)))
	return ok && fn != nil && fn.Pkg() == pkg
}

// older reports whether the context of outer, a function around the literal f,
// is older than the message that f is given: nothing around f has one.
func (x *Index) older(f, outer *scope.Func) bool {
	if v, _, param := x.messageAt(f, f.Body); v == nil || !param {
		return false
	}
	for g := f; g != outer; g = g.Outer {
		if g.Outer == nil {
			return false
		}
		if v, _, _ := x.messageAt(g.Outer, g.Node); v != nil {
			return false
		}
	}
	return true
}

// callersExtract reports whether f may be called with a context that belongs
// to the message: by code that is not in view, or not by code that has the
// message from the client itself.
func (x *Index) callersExtract(f *scope.Func, ctx *types.Var) bool {
	callers := x.launches.Callers(f)
	slot, ok := f.SlotOf(ctx)
	if !ok || slot < 0 || len(callers) == 0 {
		return true
	}
	for _, c := range callers {
		if c.Func == nil || slot >= len(c.Call.Args) || x.Extracts(c.Func) {
			return true
		}
		if v, _, param := x.messageAt(c.Func, c.Call); v == nil || param {
			return true
		}
		for _, v := range x.flow.Eval(c.Call.Args[slot], c.Func, nil) {
			if _, has := v.Span(); has || v.Origin == ctxflow.Unknown {
				return true
			}
		}
	}
	return false
}

// messageAt returns the one variable of f that has a received message when it
// comes to n, and whether that is a parameter.
func (x *Index) messageAt(f *scope.Func, n ast.Node) (v *types.Var, of otelapi.Message, param bool) {
	is := func(v *types.Var) bool {
		m, _, ok := x.queues.MessageOf(v.Type())
		if !ok || m.Get == "" && m.Put+m.Own != "" {
			return false // of a producer
		}
		of = m
		return true
	}
	for i := range f.Sig.Params().Len() {
		if p := f.Sig.Params().At(i); p.Name() != "" && p.Name() != "_" && is(p) {
			return p, of, true
		}
	}
	scope := x.pkg.Types.Scope().Innermost(n.Pos())
	for ; scope != nil && scope != x.pkg.Types.Scope(); scope = scope.Parent() {
		for _, name := range scope.Names() {
			obj, ok := scope.Lookup(name).(*types.Var)
			if ok && obj.Pos() < n.Pos() && f.Owns(obj) && x.received(obj) && is(obj) {
				return obj, of, false
			}
		}
	}
	return nil, otelapi.Message{}, false
}

// received reports whether a variable gets what a call, a range or a channel
// gives, as opposed to a message that is made here.
func (x *Index) received(v *types.Var) bool {
	for _, cur := range x.pkg.Uses(v) {
		switch cur.ParentEdgeKind() {
		case edge.RangeStmt_Value, edge.RangeStmt_Key:
			return true
		case edge.AssignStmt_Lhs:
			a := cur.Parent().Node().(*ast.AssignStmt)
			for _, rhs := range a.Rhs {
				switch e := ast.Unparen(rhs).(type) {
				case *ast.CallExpr:
					fn := x.pkg.Callee(e)
					return fn == nil || fn.Signature().Recv() != nil // a method of a reader
				case *ast.UnaryExpr:
					return e.Op == token.ARROW
				}
			}
		}
	}
	return false
}

// A Waste is an Inject or Extract for nothing.
type Waste struct {
	Call    *ast.CallExpr
	Func    *scope.Func
	Extract bool
}

// Wasted returns the calls in f that extract and drop the context, or fill a
// carrier that goes nowhere.
func (x *Index) Wasted(f *scope.Func) []Waste {
	var out []Waste
	calls(f, func(c *ast.CallExpr) {
		fn := x.pkg.Callee(c)
		cur, ok := x.pkg.Cursor(c)
		if !ok {
			return
		}
		switch {
		case otelapi.Extracts(fn):
			switch cur.ParentEdgeKind() {
			case edge.ExprStmt_X:
				out = append(out, Waste{c, f, true})
			case edge.AssignStmt_Rhs:
				a := cur.Parent().Node().(*ast.AssignStmt)
				if id, ok := a.Lhs[0].(*ast.Ident); ok && len(a.Lhs) == 1 && id.Name == "_" {
					out = append(out, Waste{c, f, true})
				}
			}
		default:
			arg, fills := otelapi.Fills(fn)
			if !fills || arg >= len(c.Args) {
				return
			}
			if carrier := c.Args[arg]; x.goesNowhere(carrier, f, c) || x.ofCopy(carrier, f, c) || x.afterSending(carrier, f, c) {
				out = append(out, Waste{c, f, false})
			}
		}
	})
	return out
}

// messageIn returns the variable of f whose message a carrier writes to: by its
// address, by its headers.
func (x *Index) messageIn(carrier ast.Expr, f *scope.Func) *types.Var {
	var found *types.Var
	ast.Inspect(carrier, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok || found != nil {
			return found == nil
		}
		if v := x.pkg.VarOf(id); v != nil && !v.IsField() && f.Owns(v) {
			if _, _, ok := x.queues.MessageOf(v.Type()); ok {
				found = v
			}
		}
		return true
	})
	return found
}

// ofCopy reports whether a carrier is that of the copy which a range statement
// makes of a message, and which nothing else is done with.
func (x *Index) ofCopy(carrier ast.Expr, f *scope.Func, inject *ast.CallExpr) bool {
	v := x.messageIn(carrier, f)
	if v == nil {
		return false
	}
	if _, pointer := v.Type().Underlying().(*types.Pointer); pointer {
		return false
	}
	copied := false
	for _, cur := range x.pkg.Uses(v) {
		switch id := cur.Node(); {
		case cur.ParentEdgeKind() == edge.RangeStmt_Value:
			copied = true
		case inject.Pos() <= id.Pos() && id.End() <= inject.End():
			if cur.ParentEdgeKind() != edge.UnaryExpr_X {
				return false // a map in it, which the original has as well
			}
		default:
			return false
		}
	}
	return copied
}

// afterSending reports whether a carrier is that of a message which has been
// sent on every way to the call that fills it, and is not sent again.
func (x *Index) afterSending(carrier ast.Expr, f *scope.Func, inject *ast.CallExpr) bool {
	v := x.messageIn(carrier, f)
	if v == nil {
		return false
	}
	g := f.Graph()
	at, ok := g.At(inject)
	if !ok {
		return false
	}
	sent := false
	for _, cur := range x.pkg.Uses(v) {
		if cur.ParentEdgeKind() == edge.UnaryExpr_X {
			cur = cur.Parent()
		}
		if x.pkg.Enclosing(cur) != f {
			return false
		}
		p, ok := g.At(cur.Node())
		if !ok || p == at {
			continue
		}
		if _, later := g.Reach(at, func(n ast.Node) bool { return n == p.Node() }, path.Search{}); later {
			return false
		}
		if cur.ParentEdgeKind() == edge.CallExpr_Args {
			if _, ok := publishOf(x.table, x.queues, cur.Parent().Node().(*ast.CallExpr), cur.ParentEdgeIndex()); ok {
				sent = sent || g.Dominates(p, at)
			}
		}
	}
	return sent
}

// goesNowhere reports whether a carrier is made in f and used by nothing but
// the call that fills it. A list that is filled by its address grows there, and
// not where it was copied from.
func (x *Index) goesNowhere(carrier ast.Expr, f *scope.Func, inject *ast.CallExpr) bool {
	e := ast.Unparen(carrier)
	if conv, ok := e.(*ast.CallExpr); ok && x.pkg.Info.Types[conv.Fun].IsType() && len(conv.Args) == 1 {
		e = ast.Unparen(conv.Args[0])
	}
	grows := false
	if u, ok := e.(*ast.UnaryExpr); ok && u.Op == token.AND {
		e = u.X
		if t := x.pkg.Info.TypeOf(e); t != nil {
			_, grows = t.Underlying().(*types.Slice)
		}
	}
	switch lit := e.(type) {
	case *ast.CompositeLit:
		return len(lit.Elts) == 0
	case *ast.Ident:
		v := x.pkg.VarOf(lit)
		if v == nil || !f.Owns(v) || isResult(f, v) {
			return false
		}
		if _, param := f.SlotOf(v); param {
			return false
		}
		rhs, in, ok := x.flow.Single(v)
		if !ok || in != f || !grows && !made(x.pkg, rhs) {
			return false
		}
		for _, cur := range x.pkg.Uses(v) {
			id := cur.Node()
			if cur.ParentEdgeKind() == edge.AssignStmt_Lhs || cur.ParentEdgeKind() == edge.ValueSpec_Names {
				continue
			}
			if inject.Pos() <= id.Pos() && id.End() <= inject.End() {
				continue
			}
			return false
		}
		return true
	}
	return false
}

// isResult reports whether a variable is a result of f: a return without
// operands reads it.
func isResult(f *scope.Func, v *types.Var) bool {
	for r := range f.Sig.Results().Variables() {
		if r == v {
			return true
		}
	}
	return false
}

// made reports whether an expression makes a map: an empty one, or a copy.
func made(pkg *scope.Package, e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.CompositeLit:
		_, ok := scope.Underlying(pkg.Info, e).(*types.Map)
		return ok && len(e.Elts) == 0
	case *ast.CallExpr:
		if otelapi.CopiesMap(pkg.Callee(e)) {
			return true
		}
		id, ok := ast.Unparen(e.Fun).(*ast.Ident)
		if !ok || id.Name != "make" {
			return false
		}
		_, builtin := pkg.Info.ObjectOf(id).(*types.Builtin)
		return builtin
	}
	return false
}

// A Kindless is a span that carries a message over by hand, and does
// nothing else, without saying so: its context is injected into what is sent,
// or it is started on what was extracted from a message.
type Kindless struct {
	Span *spans.Start
	// Publish is what sends, nil for a consumer.
	Publish ast.Node
}

// Kindless returns the spans of f that have no kind and carry a message.
func (x *Index) Kindless(f *scope.Func) []Kindless {
	var out []Kindless
	for _, s := range x.spans.StartsIn(f) {
		if kind, ok := x.Kind(s); !ok || kind != "" {
			continue
		}
		if v, _, _ := x.messageAt(f, s.Call); v != nil && x.fromExtract(s, f) {
			out = append(out, Kindless{Span: s})
			continue
		}
		if publish, injects, ok := x.onlyPublishes(s, f); ok && injects {
			out = append(out, Kindless{s, publish})
		}
	}
	return out
}

// fromExtract reports whether a span is started on a context that was
// extracted in f.
func (x *Index) fromExtract(s *spans.Start, f *scope.Func) bool {
	values := x.flow.Eval(s.Call.Args[0], f, nil)
	for _, v := range values {
		step, ok := v.Span()
		if !ok || step.Kind != ctxflow.SetsSpan || step.Func != f || !otelapi.Extracts(x.pkg.Callee(step.Call)) {
			return false
		}
	}
	return len(values) > 0
}

// onlyPublishes returns what sends a message, if a span's context goes to
// nothing else apart from Inject and what only reads it, and whether the
// context is injected.
func (x *Index) onlyPublishes(s *spans.Start, f *scope.Func) (publish ast.Node, injects, ok bool) {
	if s.Ctx == nil {
		return nil, false, false
	}
	other := false
	sends := func(n ast.Node) {
		other = other || publish != nil
		publish = n
	}
	ast.Inspect(f.Body, func(n ast.Node) bool {
		if n != nil && n.Pos() < s.Call.Pos() && n.End() <= s.Call.End() {
			return false
		}
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.SendStmt:
			if _, ok := x.sendsFrom(n.Chan, f); ok {
				sends(n)
			}
		case *ast.CallExpr:
			fn := x.pkg.Callee(n)
			if p, ok := x.queues.PublishOf(fn); ok && !p.Bare {
				sends(n)
				return true
			}
			gets := false
			for _, arg := range n.Args {
				gets = gets || x.pkg.VarOf(arg) == s.Ctx
			}
			switch {
			case n.Pos() <= s.Call.Pos() || !gets:
			case otelapi.Injects(fn):
				injects = true
			case otelapi.ReadsOnly(fn):
			default:
				other = true
			}
		}
		return true
	})
	return publish, injects, publish != nil && !other
}

// A Handoff is a job that crosses a channel below a producer's span without
// its context.
type Handoff struct {
	Send *ast.SendStmt
	Span *spans.Start
}

// Jobs returns the jobs that f sends without a context or a carrier.
func (x *Index) Jobs(f *scope.Func) []Handoff {
	var out []Handoff
	ast.Inspect(f.Body, func(n ast.Node) bool {
		if _, ok := n.(*ast.FuncLit); ok {
			return false
		}
		send, ok := n.(*ast.SendStmt)
		if !ok {
			return true
		}
		t := x.pkg.Info.TypeOf(send.Value)
		if p, ok := t.Underlying().(*types.Pointer); ok {
			t = p.Elem()
		}
		switch u := t.Underlying().(type) {
		case *types.Struct:
			if u.NumFields() == 0 || otelapi.Carrier(t) {
				return true
			}
		case *types.Basic:
			if u.Info()&types.IsString == 0 {
				return true // a sign, or a count
			}
		default:
			return true
		}
		s := x.openAt(f, send)
		if s == nil {
			return true
		}
		if kind, ok := x.Kind(s); ok && (kind == "Producer" && isStruct(t) || kind == "" && x.restarted(send)) {
			out = append(out, Handoff{send, s})
		}
		return true
	})
	return out
}

func isStruct(t types.Type) bool {
	_, ok := t.Underlying().(*types.Struct)
	return ok
}

// restarted reports whether who takes a job from its channel starts a span
// for it, on a context that is not the job's: nothing else says that a trace
// was meant to go on where the sender's span is of no kind.
func (x *Index) restarted(send *ast.SendStmt) bool {
	for _, d := range x.launches.Takers(send) {
		if x.startsAnew(d.Func, d.Func, d.During, nil) {
			return true
		}
		for _, c := range d.Given() {
			// What is taken is handed to a function that begins the work on it.
			if f := x.pkg.Decl(x.pkg.Callee(c)); f != nil && x.startsAnew(f, d.Func, func(ast.Node) bool { return true }, c) {
				return true
			}
		}
	}
	return false
}

// startsAnew reports whether f, which taker calls if it is not the same, starts
// a span on a context that the taker has not got from a job.
func (x *Index) startsAnew(f, taker *scope.Func, during func(ast.Node) bool, call *ast.CallExpr) bool {
	for _, s := range x.spans.StartsIn(f) {
		if x.option(s, otelapi.AddsLink) || x.option(s, otelapi.MakesRoot) || len(s.Call.Args) == 0 || !during(s.Call) {
			continue
		}
		values := x.flow.Eval(s.Call.Args[0], f, nil)
		for _, v := range values {
			if _, has := v.Span(); has || !x.fromTaker(v, f, taker, call) {
				return false
			}
		}
		if len(values) > 0 {
			return true
		}
	}
	return false
}

// fromTaker reports whether a context is a new one, or what the taker itself
// was given, directly or by its call of f.
func (x *Index) fromTaker(v ctxflow.Value, f, taker *scope.Func, call *ast.CallExpr) bool {
	switch {
	case v.Origin == ctxflow.Background:
		return true
	case v.Origin != ctxflow.Param || v.Func != f:
		return false
	case f == taker:
		return true
	}
	slot, ok := f.SlotOf(v.Var)
	arg, given := ctxflow.Argument(call, slot)
	if !ok || !given {
		return false
	}
	values := x.flow.Eval(arg, taker, nil)
	for _, w := range values {
		if _, has := w.Span(); has || !x.fromTaker(w, taker, taker, nil) {
			return false
		}
	}
	return len(values) > 0
}

// Reextracted returns the calls in f that extract a parent from the headers of
// a request whose context has the span of the server's instrumentation.
func (x *Index) Reextracted(f *scope.Func) []*ast.CallExpr {
	if (x.table.Own|x.table.Below)&summary.ServesTraced == 0 {
		return nil
	}
	slot, ok := otelapi.HandlerSlot(f.Sig)
	if !ok {
		return nil
	}
	req := f.Slot(slot)
	var out []*ast.CallExpr
	calls(f, func(c *ast.CallExpr) {
		if !otelapi.Extracts(x.pkg.Callee(c)) || len(c.Args) != 2 || !x.mentions(c.Args[1], req) {
			return
		}
		for _, v := range x.flow.Eval(c.Args[0], f, nil) {
			if _, has := v.Span(); has || v.Origin != ctxflow.Param || v.Var != req {
				return
			}
		}
		// Read for a link, or for baggage, it is no parent.
		for _, s := range x.spans.StartsIn(f) {
			if kind, ok := x.Kind(s); !ok || kind == "Server" {
				continue // the server's own span starts here: this is the instrumentation
			}
			for _, v := range x.flow.Eval(s.Call.Args[0], f, nil) {
				if step, ok := v.Span(); ok && step.Call == c {
					out = append(out, c)
					return
				}
			}
		}
	})
	return out
}

func (x *Index) mentions(e ast.Expr, v *types.Var) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && x.pkg.Info.ObjectOf(id) == v {
			found = true
		}
		return !found
	})
	return found
}
