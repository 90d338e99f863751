package launch

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/spanlint/spanlint/analyzer/internal/ctxflow"
	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
	"github.com/spanlint/spanlint/analyzer/internal/summary"
)

// Request says whether a function serves a request.
type Request int

const (
	// NotRequest: it does not, or nothing speaks for it.
	NotRequest Request = iota
	// Presumed: it has a context parameter, no caller in view says
	// otherwise, and it treats the context as one that will end.
	Presumed
	// Proven: servers call functions of this shape, or a caller in view hands
	// it a request's context.
	Proven
)

type request struct {
	is   Request
	ends otelapi.Ending
	// start: it is the context of a start, of which no more is presumed than
	// that what it is passed on to should get it.
	start bool
	// lasts: it is none of a request, but goes on for as long as a loop, a
	// server or what keeps it.
	lasts bool
	busy  bool
}

// Request says whether the parameter of f is the context of a request.
func (x *Index) Request(f *scope.Func, param *types.Var) Request {
	if r := x.judged(f, param); !r.start {
		return r.is
	}
	return NotRequest
}

// Ending is Request for a context that ends with its request, and says who
// ends it. It is NotRequest where the server never does.
func (x *Index) Ending(f *scope.Func, param *types.Var) (Request, otelapi.Ending) {
	r := x.judged(f, param)
	if r.ends == otelapi.WithServer || r.start {
		return NotRequest, r.ends
	}
	return r.is, r.ends
}

// RequestOrStart is Request that presumes the same of the context of a start.
func (x *Index) RequestOrStart(f *scope.Func, param *types.Var) Request { return x.judged(f, param).is }

func (x *Index) judged(f *scope.Func, param *types.Var) request {
	if r := x.requests[param]; r != nil {
		if r.busy {
			return request{} // recursion adds nothing
		}
		return *r
	}
	r := &request{busy: true}
	x.requests[param] = r
	*r = x.judge(f, param)
	return *r
}

func (x *Index) judge(f *scope.Func, param *types.Var) request {
	if x.declaredHandler(f, param) {
		return request{is: Proven}
	}
	if x.Hook(f, param) {
		return request{} // it ends soon, but nobody has asked for anything
	}
	if isCommand(f) {
		return request{} // the process is the request
	}
	if x.diagnoses(f) {
		return request{}
	}
	h, slot, handler := otelapi.HandlerOf(f.Sig)
	if handler && f.Slot(slot) == param && !h.Either {
		return request{is: Proven, ends: h.Ends}
	}
	if r, ok := x.registered(f); ok && firstContext(f) == param {
		return request{is: Proven, ends: r.Ends}
	}
	if otelapi.IsRequest(param.Type()) || !otelapi.ImplementsContext(param.Type()) {
		// An outgoing request, unless a handler passes its own; a message or a
		// session on its way to or from a handler.
		return x.fromCallers(f, param, NotRequest, NotRequest)
	}
	presumed, kept := Presumed, x.keeps(f, param)
	if kept || x.pkg.IsTest(f.Node) || x.makesHandlers(f) || contexts(f) > 1 || x.timed(f) {
		// Of two contexts one is there because it lives longer than the other.
		presumed = NotRequest
	}
	if f.Obj == nil && !handler && !x.putAsHandler(f.Cursor) {
		// The context of a callback is its caller's affair, if that is in view.
		return x.fromCallers(f, param, NotRequest, presumed)
	}
	// A context beside a request or a stream is that of the request, unless a
	// caller in view has another one.
	r := x.fromCallers(f, param, presumed, presumed)
	r.start = r.start || r.is == Presumed && (x.setsUp(f) || x.isTold(f))
	r.lasts = r.is == NotRequest && (r.lasts || kept)
	return r
}

// isTold reports whether f is a method for others that returns nothing, and
// nobody in view calls it: who calls it only tells it something, a key that was
// pressed or a peer that has gone, and that has no answer to wait for, so it may
// as well have the context of a session or of the process.
func (x *Index) isTold(f *scope.Func) bool {
	called := func(c Caller) bool { return c.Func.Root() != f } // a decorator of its own kind adds nothing
	if f.Obj == nil || f.Sig.Recv() == nil || !f.Obj.Exported() || f.Sig.Results().Len() > 0 || slices.ContainsFunc(x.Callers(f), called) {
		return false
	}
	return !slices.ContainsFunc(x.implementedElsewhere(f), func(m *types.Func) bool {
		return x.table.CalledBy(m)&summary.Passing != 0
	})
}

// timed reports whether f is given to a function that calls it whenever a
// ticker says so, or once in the life of what it makes: nobody has asked for
// anything then.
func (x *Index) timed(f *scope.Func) bool {
	given := func(cur inspector.Cursor) bool {
		if cur.ParentEdgeKind() == edge.SelectorExpr_Sel {
			cur = cur.Parent()
		}
		if cur.ParentEdgeKind() != edge.CallExpr_Args {
			return false
		}
		call := cur.Parent().Node().(*ast.CallExpr)
		if otelapi.Lives(x.pkg.Callee(call)) {
			return true
		}
		sum := x.table.Call(call)
		return sum != nil && sum.SlotAt(x.slot(call, cur.ParentEdgeIndex())).Func&(summary.Loops|summary.Lives) != 0
	}
	if f.Obj == nil {
		return given(f.Cursor)
	}
	return slices.ContainsFunc(x.pkg.Uses(f.Obj), given)
}

// isCommand reports whether f is a command of a program.
func isCommand(f *scope.Func) bool {
	return otelapi.IsCommand(f.Sig) || otelapi.IsTaggedCommand(f.Obj)
}

// inCommand reports whether f is a command of a program, or stands in one.
func inCommand(f *scope.Func) bool {
	for ; f != nil; f = f.Outer {
		if isCommand(f) {
			return true
		}
	}
	return false
}

// contexts returns how many contexts f is given.
func contexts(f *scope.Func) int {
	n := 0
	for i := range f.Sig.Params().Len() {
		if otelapi.IsContext(f.Sig.Params().At(i).Type()) {
			n++
		}
	}
	return n
}

// makesHandlers reports whether a literal in f is one that a server calls with
// requests: then f is part of setting the server up, and its context is older
// than any request.
func (x *Index) makesHandlers(f *scope.Func) bool {
	for _, g := range x.inside(f) {
		if _, _, ok := otelapi.HandlerOf(g.Sig); ok && g != f {
			return true
		}
	}
	return false
}

// firstContext returns the first parameter of f, if it is a context: who calls
// functions that are registered gives it there.
func firstContext(f *scope.Func) *types.Var {
	if v := f.Slot(0); v != nil && otelapi.IsContext(v.Type()) {
		return v
	}
	return nil
}

// fromCallers asks the callers in view, tests apart. Without any, or where a
// caller's context is not known, blind is the answer; presumed is the most
// that callers who are only presumed to serve a request can say.
func (x *Index) fromCallers(f *scope.Func, param *types.Var, blind, presumed Request) request {
	slot, _ := f.SlotOf(param)
	g := given{least: Proven, ends: otelapi.WithServer}
	for _, c := range x.Callers(f) {
		if arg, ok := c.argument(slot); ok {
			x.gives(&g, arg, c.Func, f)
		}
	}
	if firstContext(f) == param {
		for _, m := range x.implementedElsewhere(f) {
			switch does := x.table.CalledBy(m); {
			case does&summary.Serving != 0:
				g.note(Proven, otelapi.WithHandler)
			case does&summary.Lasting != 0:
				g.note(NotRequest, otelapi.WithServer) // and it lasts
			}
		}
	}
	switch {
	case g.best == Proven:
		return request{is: Proven, ends: g.ends}
	case !g.judged || g.unknown:
		return request{is: blind}
	}
	// Where callers disagree one of them has a context that lasts, and it is
	// not for us to say which of them is meant.
	is := min(g.least, presumed)
	return request{is: is, ends: g.ends, start: is != NotRequest && g.starting && !g.serving, lasts: g.best == NotRequest && !g.made}
}

// given says which contexts the callers of a function give it.
type given struct {
	best, least       Request
	ends              otelapi.Ending // the latest; the first caller says when, the others only earlier
	judged, unknown   bool
	serving, starting bool // that of a request, that of a start
	made              bool // one that is not known to last longer than the call
}

func (g *given) note(r Request, e otelapi.Ending) {
	g.judged = true
	g.best, g.least = max(g.best, r), min(g.least, r)
	if r != NotRequest {
		g.ends = min(g.ends, e)
	}
}

// gives adds what a caller gives. callee is the function that gets it, nil if
// nobody knows which that is.
func (x *Index) gives(g *given, arg ast.Expr, caller, callee *scope.Func) {
	for _, v := range x.Flow.Eval(arg, caller, nil) {
		if v.Origin != ctxflow.Unknown && callee != nil && v.Func == callee && !v.Detached() {
			continue // recursion, or a decorator of its own kind, adds nothing
		}
		g.made = g.made || !x.lastsLonger(v)
		switch g.judged = true; {
		case v.Detached():
			g.note(NotRequest, otelapi.WithServer) // wherever it came from
		case v.Origin == ctxflow.Unknown && inCommand(caller):
			g.note(NotRequest, otelapi.WithServer) // whatever it is, there is no request
		case v.Origin == ctxflow.Unknown:
			g.unknown = true
		case v.Origin == ctxflow.Param:
			r := x.judged(v.Func, v.Var)
			g.note(r.is, r.ends)
			g.serving = g.serving || r.is != NotRequest && !r.start
			g.starting = g.starting || r.start
		default:
			g.note(NotRequest, otelapi.WithServer)
		}
	}
}

// Calls says with which contexts the package of a table calls a method of one
// of its interfaces.
func Calls(t *summary.Table, m *types.Func) summary.Calls {
	if m.Signature().Params().Len() == 0 || !otelapi.IsContext(m.Signature().Params().At(0).Type()) || len(t.Pkg.Uses(m)) < 2 {
		return 0
	}
	return Of(t).calls(m)
}

func (x *Index) calls(m *types.Func) summary.Calls {
	g := given{least: Proven, ends: otelapi.WithServer}
	for _, cur := range x.pkg.Uses(m) {
		if call, caller, ok := x.callOf(cur); ok {
			if arg, ok := ctxflow.Argument(call, 0); ok {
				x.gives(&g, arg, caller, nil)
			}
		}
	}
	switch {
	case g.best == Proven && g.ends != otelapi.WithServer:
		return summary.Serving
	case g.judged && !g.unknown && !g.made && g.best == NotRequest:
		return summary.Lasting
	case g.judged:
		return summary.Passing
	}
	return 0
}

// lastsLonger reports whether a context lasts, and is passed on as it is. One
// that is given a deadline or a span for what it is passed to may be over with
// that; and a field may be that of a message, of which nobody knows.
func (x *Index) lastsLonger(v ctxflow.Value) bool {
	if v.Detached() && len(v.Cancels()) == 0 {
		return true
	}
	if slices.ContainsFunc(v.Steps, func(s ctxflow.Step) bool {
		return s.Kind == ctxflow.Starts || s.Kind == ctxflow.SetsSpan || s.Kind == ctxflow.Cancels && s.Deadline
	}) {
		return false
	}
	return v.Origin == ctxflow.Background || v.Origin == ctxflow.Package || v.Origin == ctxflow.Param && x.judged(v.Func, v.Var).lasts
}

// callOf returns the call that an identifier of a function is the callee of,
// and the function in which it stands. Calls in tests say nothing.
func (x *Index) callOf(cur inspector.Cursor) (*ast.CallExpr, *scope.Func, bool) {
	id := cur.Node().(*ast.Ident)
	if x.pkg.Info.Defs[id] != nil || x.pkg.InTestFile(id) {
		return nil, nil, false
	}
	if cur.ParentEdgeKind() == edge.SelectorExpr_Sel {
		cur = cur.Parent()
	}
	if k := cur.ParentEdgeKind(); k == edge.IndexExpr_X || k == edge.IndexListExpr_X {
		cur = cur.Parent()
	}
	if cur.ParentEdgeKind() != edge.CallExpr_Fun {
		return nil, nil, false // used as a value: whoever calls it is not in view
	}
	caller := x.pkg.Enclosing(cur)
	return cur.Parent().Node().(*ast.CallExpr), caller, caller != nil
}

// keeps reports whether f treats the context of its parameter as one that
// lasts: stores it or a cancel function derived from it, in a field or for the
// whole package, waits or loops until it is done, hands it to work that never
// ends, or runs a server.
func (x *Index) keeps(f *scope.Func, param *types.Var) bool {
	if len(f.Graph().Exits()) == 0 || x.endless(f, false) || x.storesOwn(f, param) || x.callsBack(f, param) {
		return true
	}
	for _, l := range x.byRoot[f] {
		if l.Kind != Shared && l.Endless() {
			return true
		}
	}
	kept := false
	ast.Inspect(f.Body, func(n ast.Node) bool {
		if kept {
			return false
		}
		switch n := n.(type) {
		case *ast.CallExpr:
			fn := x.pkg.Callee(n)
			if d, ok := otelapi.DerivationOf(fn); ok && d.Effect == otelapi.Signals {
				kept = true
			}
			if x.blocks(n) {
				kept = true
			}
		case *ast.AssignStmt:
			for _, lhs := range n.Lhs {
				if v := x.pkg.VarOf(lhs); v != nil && scope.Lasts(v) && otelapi.IsCancel(v.Type()) {
					kept = true
				}
			}
		case *ast.KeyValueExpr:
			if t := x.pkg.Info.TypeOf(n.Value); t != nil && otelapi.IsCancel(t) {
				kept = true
			}
		case *ast.ReturnStmt:
			for _, r := range n.Results {
				if t := x.pkg.Info.TypeOf(r); t != nil && otelapi.IsCancel(t) {
					kept = true
				}
			}
		}
		return true
	})
	return kept
}

// storesOwn reports whether f itself puts the context of its parameter into a
// field, a variable of the package or a struct that it returns.
func (x *Index) storesOwn(f *scope.Func, param *types.Var) bool {
	found := false
	x.eachOwn(f, func(n ast.Node, g *scope.Func) {
		x.stores(n, func(e ast.Expr) {
			for _, v := range x.Flow.Eval(e, g, nil) {
				found = found || v.Origin == ctxflow.Param && v.Var == param && !v.Detached()
			}
		})
	})
	return found
}

// callsBack reports whether f builds something whose callbacks work with the
// context of its parameter, as what draws windows does: they are called for as
// long as what they belong to is there, and the context is meant to last as
// long.
func (x *Index) callsBack(f *scope.Func, param *types.Var) bool {
	for _, g := range x.inside(f) {
		if g.Outer != f || !x.isCallback(g) {
			continue
		}
		for _, h := range x.inside(g) {
			for _, u := range x.UsesIn(h) {
				if u.Does&(summary.Works|summary.Outlives) == 0 {
					continue
				}
				if slices.ContainsFunc(u.Values, func(v ctxflow.Value) bool {
					return v.Origin == ctxflow.Param && v.Var == param && !v.Detached()
				}) {
					return true
				}
			}
		}
	}
	return false
}

// isCallback reports whether a literal is one that something calls whenever
// something has happened: it takes no context and returns nothing, and is put
// into a field, or given to the constructor of an object. What has a result is
// a step of some work, to be run by whoever has been given it.
func (x *Index) isCallback(f *scope.Func) bool {
	if f.Obj != nil || f.Sig.Results().Len() > 0 || contexts(f) > 0 || len(x.byBody[f]) > 0 {
		return false
	}
	cur := f.Cursor
	switch cur.ParentEdgeKind() {
	case edge.AssignStmt_Rhs:
		assign := cur.Parent().Node().(*ast.AssignStmt)
		if len(assign.Lhs) != len(assign.Rhs) {
			return false
		}
		v := x.pkg.VarOf(assign.Lhs[cur.ParentEdgeIndex()])
		return v != nil && v.IsField()
	case edge.KeyValueExpr_Value:
		lit, ok := cur.Parent().Parent().Node().(*ast.CompositeLit)
		if !ok {
			return false
		}
		_, ok = scope.Underlying(x.pkg.Info, lit).(*types.Struct)
		return ok
	case edge.CallExpr_Args:
		call := cur.Parent().Node().(*ast.CallExpr)
		fn := x.pkg.Callee(call)
		if fn == nil || fn.Signature().Recv() != nil || fn.Signature().Results().Len() != 1 {
			return false
		}
		if sum := x.table.Call(call); sum != nil && sum.SlotAt(x.slot(call, cur.ParentEdgeIndex())).Func&summary.Kept == 0 {
			return false
		}
		t := fn.Signature().Results().At(0).Type()
		named := namedOf(t)
		return named != nil && named.Obj().Pkg() == fn.Pkg() && acts(t)
	}
	return false
}

// Endless reports whether the launched work goes on until somebody stops it.
func (l *Launch) Endless() bool {
	if l.repeated {
		return true
	}
	if _, function := l.Literal(); l.Kind == Sent && !function {
		return false // the worker goes on, with other jobs
	}
	if l.Body == nil {
		if l.Kind == Go {
			if l.index.blocks(l.Call) {
				return true
			} else if sum := l.index.table.Call(l.Call); sum != nil {
				return sum.Endless
			}
		}
		return false
	}
	sum := l.index.table.Of(l.Body)
	return sum != nil && sum.Endless
}

// endless reports whether f's own body, or with callees a function that it
// calls, loops without a bound or waits until a context or channel ends.
func (x *Index) endless(f *scope.Func, callees bool) bool {
	if x.lasts(f) {
		return true
	}
	found := false
	inOwn(f, func(n ast.Node) {
		if found {
			return
		}
		switch n := n.(type) {
		case *ast.CallExpr:
			if callees {
				sum := x.table.Call(n)
				found = sum != nil && sum.Endless
			}
		case *ast.FuncLit:
			inner := x.pkg.FuncOf(n)
			found = inner != nil && x.runsInline(inner) && x.endless(inner, callees)
		}
	})
	return found
}

// lasts is endless for what stands in f itself, outside of its literals.
func (x *Index) lasts(f *scope.Func) bool {
	type key struct{ f *scope.Func }
	return x.pkg.Memo(key{f}, func() any {
		found := false
		inOwn(f, func(n ast.Node) { found = found || x.lastsItself(n) })
		return found
	}).(bool)
}

func (x *Index) lastsItself(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.ForStmt:
		return n.Cond == nil && x.unbounded(n) || n.Cond != nil && (x.asksContext(n.Cond) || x.reads(n))
	case *ast.RangeStmt:
		t := x.pkg.Info.TypeOf(n.X)
		if t == nil {
			return false
		}
		ch, ok := t.Underlying().(*types.Chan)
		if !ok {
			return false
		}
		if otelapi.IsDelivery(ch.Elem()) {
			return true // whoever made the channel, a broker fills it
		}
		// A channel from outside, or for signals: as long as it is open.
		v := x.pkg.VarOf(n.X)
		return v == nil || x.Flow.Owner(v) == nil || x.isParam(v) || x.notified(v)
	case *ast.UnaryExpr:
		if n.Op != token.ARROW {
			return false
		}
		if v := x.pkg.VarOf(n.X); v != nil && x.notified(v) {
			return true
		}
		return x.isDone(n.X) && !x.inSelect(n)
	case *ast.SelectStmt:
		return x.waitsForEnd(n)
	case *ast.CallExpr:
		return x.blocks(n)
	}
	return false
}

// blocks reports whether a call runs a server or another loop: by the table, or
// because of what it is given where its body is not in view.
func (x *Index) blocks(call *ast.CallExpr) bool {
	fn := x.pkg.Callee(call)
	return otelapi.Blocks(fn) || fn != nil && otelapi.Accepts(fn.Signature()) && x.table.Callee(fn) == nil
}

// notified reports whether a channel is for the signals of the process, which
// come as long as it runs.
func (x *Index) notified(v *types.Var) bool {
	return slices.ContainsFunc(x.pkg.Uses(v), func(cur inspector.Cursor) bool {
		if cur.ParentEdgeKind() != edge.CallExpr_Args {
			return false
		}
		fn := x.pkg.Callee(cur.Parent().Node().(*ast.CallExpr))
		return fn != nil && fn.FullName() == "os/signal.Notify"
	})
}

func isParam(f *scope.Func, v *types.Var) bool {
	_, ok := f.SlotOf(v)
	return ok
}

// eachOwn visits what runs as part of f: its own nodes, and those of literals
// that run inline.
func (x *Index) eachOwn(f *scope.Func, visit func(ast.Node, *scope.Func)) {
	inOwn(f, func(n ast.Node) {
		visit(n, f)
		if lit, ok := n.(*ast.FuncLit); ok {
			if inner := x.pkg.FuncOf(lit); inner != nil && x.runsInline(inner) {
				x.eachOwn(inner, visit)
			}
		}
	})
}

// unbounded reports whether a for statement without a condition waits for
// something from outside in every round, or is left by nothing of its own:
// receives, selects, sleeps, accepts. A retry that counts, or leaves when it
// has succeeded, ends by itself.
func (x *Index) unbounded(loop *ast.ForStmt) bool {
	waits, leaves := false, false
	ast.Inspect(loop.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.UnaryExpr:
			if n.Op == token.ARROW {
				waits = true
			}
		case *ast.SelectStmt:
			waits = true
		case *ast.ReturnStmt:
			leaves = true
		case *ast.BranchStmt:
			if n.Tok == token.BREAK || n.Tok == token.GOTO {
				leaves = true
			}
		}
		return true
	})
	return waits || !leaves || !x.succeeds(loop)
}

// reads reports whether a loop reads lines until there are no more or a context
// is done, for which it looks in every round: lines of a file end soon, and
// nobody would ask; those of a stream come as long as it is open.
func (x *Index) reads(loop *ast.ForStmt) bool {
	call, ok := ast.Unparen(loop.Cond).(*ast.CallExpr)
	if !ok || !otelapi.ReadsLine(x.pkg.Callee(call)) {
		return false
	}
	asks := false
	ast.Inspect(loop.Body, func(n ast.Node) bool {
		if u, ok := n.(*ast.UnaryExpr); ok && u.Op == token.ARROW && x.isDone(u.X) {
			asks = true
		}
		return !asks
	})
	return asks
}

// succeeds reports whether the loop is left where an error is nil: a retry.
func (x *Index) succeeds(loop *ast.ForStmt) bool {
	found := false
	ast.Inspect(loop.Body, func(n ast.Node) bool {
		ifs, ok := n.(*ast.IfStmt)
		if !ok || found {
			return !found
		}
		b, ok := ast.Unparen(ifs.Cond).(*ast.BinaryExpr)
		if ok && b.Op == token.EQL && len(ifs.Body.List) > 0 {
			switch ifs.Body.List[len(ifs.Body.List)-1].(type) {
			case *ast.ReturnStmt, *ast.BranchStmt:
				found = true
			}
		}
		return true
	})
	return found
}

// asksContext reports whether a condition asks a context whether it is done.
func (x *Index) asksContext(cond ast.Expr) bool {
	found := false
	ast.Inspect(cond, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && sel.Sel.Name == "Err" && ctxflow.Carries(x.pkg.Info.TypeOf(sel.X)) {
				found = true
			}
		}
		return !found
	})
	return found
}

// waitsForEnd reports whether a select outside a loop waits for nothing but
// ends: Done channels, and channels of empty structs that are closed.
func (x *Index) waitsForEnd(s *ast.SelectStmt) bool {
	if len(s.Body.List) == 0 {
		return true // select {}
	}
	for _, clause := range s.Body.List {
		comm := clause.(*ast.CommClause).Comm
		es, ok := comm.(*ast.ExprStmt)
		if !ok {
			return false
		}
		u, ok := ast.Unparen(es.X).(*ast.UnaryExpr)
		if !ok || u.Op != token.ARROW || !x.isDone(u.X) {
			return false
		}
	}
	return true
}
