package setup

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/spanlint/spanlint/analyzer/internal/ctxflow"
	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/path"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
	"github.com/spanlint/spanlint/analyzer/internal/summary"
)

// Contribute adds to a summary what f does for the program's telemetry.
func Contribute(t *summary.Table, f *scope.Func, sum *summary.Func) {
	x := Of(t)
	for _, s := range x.stopsIn(f, 0) {
		if x.isLocal(s.Of, f) {
			continue // it takes down what it has set up
		}
		sum.Setup.Does |= summary.StopsProvider
		if !s.Flush {
			sum.Setup.Does |= summary.ShutsDown
		}
		sum.Setup.StopCtx |= x.stopSlots(s, f)
	}
	if x.endsProcess(f) {
		sum.Setup.Does |= summary.EndsProcess
	} else if x.endsOnError(f) {
		sum.Setup.Does |= summary.EndsOnError
	}
	sum.Setup.Does |= x.carries(f)
	if x.installs(f) {
		sum.Setup.Does |= summary.Installs
	}
	x.results(f, sum)
}

// carries says whether a call of f, or of a literal in it, injects or extracts.
func (x *Index) carries(f *scope.Func) summary.SetupUse {
	var does summary.SetupUse
	for _, c := range x.local[f].calls {
		switch {
		case otelapi.Injects(c.fn):
			does |= summary.Injects
		case otelapi.Extracts(c.fn):
			does |= summary.Extracts
		default:
			if sum := x.table.Callee(c.fn); sum != nil {
				does |= sum.Setup.Does & (summary.Injects | summary.Extracts)
			}
		}
	}
	for _, lit := range x.local[f].literals {
		does |= x.carries(lit)
	}
	return does
}

// installs reports whether a call of f sets the global provider.
func (x *Index) installs(f *scope.Func) bool {
	for _, c := range x.local[f].calls {
		if otelapi.Installs(c.fn) {
			return !x.givesNoop(c.CallExpr)
		}
		if sum := x.table.Callee(c.fn); sum != nil && sum.Setup.Does&summary.Installs != 0 {
			return true
		}
	}
	return false
}

// stopSlots returns the parameters of f whose cancellation a stop depends on.
func (x *Index) stopSlots(s Stop, f *scope.Func) uint16 {
	if s.Ctx == nil {
		return 0
	}
	var bits uint16
	for _, v := range x.flow.Eval(s.Ctx, s.Func, nil) {
		if v.Origin != ctxflow.Param || v.Func != f || v.Detached() {
			continue
		}
		if slot, ok := f.SlotOf(v.Var); ok && slot+1 < 16 {
			bits |= 1 << (slot + 1)
		}
	}
	return bits
}

// endsProcess reports whether no path through f returns, for on each of them
// the process ends first.
func (x *Index) endsProcess(f *scope.Func) bool {
	exits := x.Exits(f)
	if len(exits) == 0 {
		return false
	}
	g := f.Graph()
	at := nodesOf(g, exits)
	_, returns := g.Exit(g.Entry(), path.Search{Stop: func(n ast.Node) bool { return at[n] }})
	return !returns
}

// endsOnError reports whether f ends the process where an error that it is
// given is not nil, and leaves providers as they are.
func (x *Index) endsOnError(f *scope.Func) bool {
	if len(x.stopsIn(f, 0)) > 0 {
		return false
	}
	for _, e := range x.exitsOrFails(f) {
		cur, ok := x.pkg.Cursor(e.Call)
		if !ok {
			continue
		}
		if e.Maybe {
			for _, arg := range e.Call.Args {
				if x.isErrorParam(x.pkg.VarOf(arg), f) {
					return true
				}
			}
			continue
		}
		for c := range cur.Enclosing() {
			ifs, ok := c.Parent().Node().(*ast.IfStmt)
			if kind, _ := c.ParentEdge(); !ok || kind != edge.IfStmt_Body || ifs.Pos() < f.Body.Pos() {
				continue
			}
			b, ok := ast.Unparen(ifs.Cond).(*ast.BinaryExpr)
			if ok && b.Op == token.NEQ && x.pkg.Info.Types[ast.Unparen(b.Y)].IsNil() && x.isErrorParam(x.pkg.VarOf(b.X), f) {
				return true
			}
		}
	}
	return false
}

func (x *Index) isErrorParam(v *types.Var, f *scope.Func) bool {
	if v == nil || !types.Identical(v.Type(), types.Universe.Lookup("error").Type()) {
		return false
	}
	_, param := f.SlotOf(v)
	return param
}

func nodesOf(g *path.Graph, exits []Exit) map[ast.Node]bool {
	at := make(map[ast.Node]bool)
	for _, e := range exits {
		if p, ok := g.At(e.Call); ok {
			at[p.Node()] = true
		}
	}
	return at
}

// results says which results of f are a provider, or the function that stops
// it, that the caller must not drop.
func (x *Index) results(f *scope.Func, sum *summary.Func) {
	for _, p := range x.Providers(f) {
		if p.Result < 0 {
			x.passedOn(f, p, sum)
			continue
		}
		fate, stop := x.FateOf(p), summary.IdleStop
		if x.Exports(p) {
			stop = summary.StopFunction
			for _, i := range fate.Returned {
				if otelapi.IsProvider(f.Sig.Results().At(i).Type()) {
					sum.Results[i].Stop = summary.OwnedProvider
				}
			}
		}
		if fate.Kept || !x.onlyReturned(f, fate) {
			continue
		}
		for i := range f.Sig.Results().Len() {
			if x.returnsStop(f, i) {
				sum.Results[i].Stop = max(sum.Results[i].Stop, stop)
			}
		}
	}
}

// passedOn handles a function that calls another one for the function which
// stops the provider, and returns that.
func (x *Index) passedOn(f *scope.Func, p Provider, sum *summary.Func) {
	cur, ok := x.pkg.Cursor(p.Call)
	if !ok {
		return
	}
	if cur.ParentEdgeKind() == edge.ReturnStmt_Results {
		if ret := cur.Parent().Node().(*ast.ReturnStmt); len(ret.Results) == 1 && p.Stop < len(sum.Results) {
			sum.Results[p.Stop].Stop = summary.StopFunction
		}
		return
	}
	for _, ret := range x.local[f].returns {
		for i, e := range ret.Results {
			if v := x.pkg.VarOf(e); v != nil && i < len(sum.Results) && stopSignature(v.Type()) {
				if rhs, k, ok := x.only(v); ok && k == p.Stop && ast.Unparen(rhs) == ast.Expr(p.Call) && x.readOnce(v) {
					sum.Results[i].Stop = summary.StopFunction
				}
			}
		}
	}
}

// readOnce reports whether a variable is read in one place only.
func (x *Index) readOnce(v *types.Var) bool {
	n := 0
	for _, cur := range x.pkg.Uses(v) {
		if k := cur.ParentEdgeKind(); k != edge.AssignStmt_Lhs && k != edge.ValueSpec_Names {
			n++
		}
	}
	return n == 1
}

// onlyReturned reports whether all that stops the provider is what f returns,
// and clean-up in f itself.
func (x *Index) onlyReturned(f *scope.Func, fate *Fate) bool {
	for _, sel := range fate.stops {
		in := x.pkg.Enclosing(sel)
		if outermost(sel).ParentEdgeKind() != edge.CallExpr_Fun {
			if !x.mayReturnAt(outermost(sel)) {
				return false // registered somewhere
			}
			continue
		}
		for ; in != nil && in != f; in = in.Outer {
			if !x.mayReturnAt(outermost(in.Cursor)) {
				return false // launched, deferred, registered
			}
		}
	}
	return len(fate.stops) > 0
}

// mayReturnAt reports whether a function value goes to a variable, a slice or
// the caller, as opposed to somebody who may call it.
func (x *Index) mayReturnAt(cur inspector.Cursor) bool {
	switch cur.ParentEdgeKind() {
	case edge.ReturnStmt_Results, edge.ValueSpec_Values:
		return true
	case edge.AssignStmt_Rhs:
		a := cur.Parent().Node().(*ast.AssignStmt)
		_, i := cur.ParentEdge()
		if i >= len(a.Lhs) {
			return false
		}
		v := x.pkg.VarOf(a.Lhs[i])
		return v != nil && !v.IsField() && v.Parent() != v.Pkg().Scope()
	case edge.CallExpr_Args:
		return x.isAppend(cur.Parent().Node().(*ast.CallExpr))
	}
	return false
}

// returnsStop reports whether result i of f is a function that stops a provider.
func (x *Index) returnsStop(f *scope.Func, i int) bool {
	res := f.Sig.Results().At(i)
	if !stopSignature(res.Type()) {
		return false
	}
	if _, slice := res.Type().Underlying().(*types.Slice); slice {
		return false
	}
	for _, ret := range x.local[f].returns {
		switch {
		case len(ret.Results) == f.Sig.Results().Len():
			if x.isStopValue(ret.Results[i], 0, 0) {
				return true
			}
		case len(ret.Results) == 0:
			if x.isStopVar(res, 0) {
				return true
			}
		}
	}
	return false
}
