package launch

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/spanlint/spanlint/analyzer/internal/ctxflow"
	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
	"github.com/spanlint/spanlint/analyzer/internal/summary"
)

// A Use is one place at which launched work hands a context on.
type Use struct {
	// Expr is the context, or what carries it; Call what gets it.
	Expr ast.Expr
	Call *ast.CallExpr
	// Func is the function in whose body the use stands.
	Func *scope.Func
	// Callee is what is called, if it is known statically.
	Callee *types.Func
	// Does is what the callee does with the context, and By the function that
	// launches the work for which it does Loses.
	Does summary.CtxUse
	By   string
	// Starts says that the use is the start of a span, NewRoot that the span
	// has no parent.
	Starts, NewRoot bool
	// Values is what the context can be.
	Values []ctxflow.Value
}

// Uses returns what the launched work does with contexts, in source order.
// Work launched by it in turn is not its own.
func (l *Launch) Uses() []Use {
	if l.read {
		return l.uses
	}
	l.read = true
	x := l.index
	switch {
	case l.Body != nil:
		l.uses = x.usesIn(l.Body, l.Env, 0)
	case l.Kind == Go:
		l.uses = x.usesOf(l.Call, l.Func, nil)
	}
	return l.uses
}

// Repeats reports whether the use stands in a loop of its function.
func (u Use) Repeats() bool {
	p, ok := u.Func.Graph().At(u.Call)
	return ok && u.Func.Graph().Repeats(p)
}

// Values returns what a context in the launching statement can be, nothing for
// other expressions.
func (l *Launch) Values(e ast.Expr) []ctxflow.Value {
	if t := l.index.pkg.Info.TypeOf(e); t == nil || !ctxflow.Carries(t) {
		return nil
	}
	return l.index.Flow.Eval(e, l.Func, nil)
}

// usesIn collects the uses of a body, looked at in an environment.
func (x *Index) usesIn(body *scope.Func, env *ctxflow.Env, depth int) []Use {
	var out []Use
	x.eachCall(body, func(call *ast.CallExpr, f *scope.Func) {
		out = append(out, x.usesOf(call, f, env)...)
		if depth < maxInline {
			if callee, inner := x.enter(call, f, env); callee != nil && callee != body {
				out = append(out, x.usesIn(callee, inner, depth+1)...)
			}
		}
	})
	return out
}

// maxInline bounds how many helpers a struct with a context in it is followed
// through; for plain contexts summaries have no such bound.
const maxInline = 2

// enter looks into a callee that is given a struct with a context in it,
// which no summary speaks of.
func (x *Index) enter(call *ast.CallExpr, f *scope.Func, env *ctxflow.Env) (*scope.Func, *ctxflow.Env) {
	callee := x.pkg.Decl(x.pkg.Callee(call))
	if callee == nil {
		return nil, nil
	}
	inner := &ctxflow.Env{Bound: make(map[*types.Var]ctxflow.Binding)}
	found := false
	for i := scope.Receiver; i < callee.Sig.Params().Len(); i++ {
		arg, ok := ctxflow.Argument(call, i)
		param := callee.Slot(i)
		if !ok || param == nil {
			continue
		}
		inner.Bound[param] = ctxflow.Binding{Expr: arg, Func: f, Env: env}
		if carriesField(x.pkg.Info.TypeOf(arg)) {
			found = true
		}
	}
	if !found {
		return nil, nil
	}
	return callee, inner
}

// eachCall visits the calls that run as part of body: its own, and those of
// literals in it that are not launched in turn, or that it waits for.
func (x *Index) eachCall(body *scope.Func, visit func(*ast.CallExpr, *scope.Func)) {
	var walk func(f *scope.Func)
	walk = func(f *scope.Func) {
		ast.Inspect(f.Body, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncLit:
				if inner := x.pkg.FuncOf(n); inner != nil && x.partOf(inner, f) {
					walk(inner)
				}
				return false
			case *ast.GoStmt:
				if lit, ok := ast.Unparen(n.Call.Fun).(*ast.FuncLit); ok {
					if inner := x.pkg.FuncOf(lit); inner != nil && x.partOf(inner, f) {
						walk(inner)
					}
				}
				// Its arguments are evaluated here; its call is another launch.
				for _, arg := range n.Call.Args {
					ast.Inspect(arg, func(m ast.Node) bool {
						if call, ok := m.(*ast.CallExpr); ok {
							visit(call, f)
						}
						_, lit := m.(*ast.FuncLit)
						return !lit
					})
				}
				return false
			case *ast.CallExpr:
				visit(n, f)
			}
			return true
		})
	}
	walk(body)
}

// partOf reports whether a literal in f runs while f does.
func (x *Index) partOf(inner, f *scope.Func) bool {
	for _, l := range x.byBody[inner] {
		if l.Outlives(f) && !l.MayJoin() {
			return false
		}
	}
	return true
}

// usesOf returns the contexts that a call is given.
func (x *Index) usesOf(call *ast.CallExpr, f *scope.Func, env *ctxflow.Env) []Use {
	if env != nil {
		return x.evalUses(call, f, env)
	}
	uses, ok := x.given[call]
	if !ok {
		uses = x.evalUses(call, f, nil)
		x.given[call] = uses
	}
	return uses
}

func (x *Index) evalUses(call *ast.CallExpr, f *scope.Func, env *ctxflow.Env) []Use {
	if tv, ok := x.pkg.Info.Types[call.Fun]; ok && (tv.IsType() || tv.IsBuiltin()) {
		return nil
	}
	var out []Use
	callee := x.pkg.Callee(call)
	for slot := scope.Receiver; slot < len(call.Args); slot++ {
		arg, ok := ctxflow.Argument(call, slot)
		if !ok {
			continue
		}
		if slot == scope.Receiver && x.pkg.Info.Selections[ast.Unparen(call.Fun).(*ast.SelectorExpr)] == nil {
			continue // pkg.F
		}
		t := x.pkg.Info.TypeOf(arg)
		if t == nil || !ctxflow.Carries(t) {
			continue
		}
		does, starts := x.does(call, callee, slot)
		if does == 0 {
			continue
		}
		out = append(out, Use{Expr: arg, Call: call, Func: f, Callee: callee, Does: does, Starts: starts,
			By:      x.table.Call(call).SlotAt(slot).By,
			NewRoot: starts && x.newRoot(call), Values: x.Flow.Eval(arg, f, env)})
	}
	return out
}

// newRoot reports whether the span that a call starts has no parent.
func (x *Index) newRoot(call *ast.CallExpr) bool {
	if sum := x.table.Call(call); sum != nil {
		for i := range sum.Results {
			if sum.ResultAt(i).Ctx.NewRoot {
				return true
			}
		}
	}
	return x.Flow.HasOption(call, "WithNewRoot")
}

// does says what a call does with the context in one of its slots. Zero means
// that the context goes nowhere, or only into another context.
func (x *Index) does(call *ast.CallExpr, callee *types.Func, slot int) (use summary.CtxUse, starts bool) {
	if d, ok := otelapi.DerivationOf(callee); ok {
		if d.Effect == otelapi.Starts && d.Arg == slot {
			return summary.Works | summary.Hands, true
		}
		return 0, false
	}
	if sig, ok := scope.Underlying(x.pkg.Info, call.Fun).(*types.Signature); ok && otelapi.MakesLogger(sig) {
		return summary.Reads, false
	}
	if sum := x.table.Call(call); sum != nil {
		does := sum.SlotAt(slot).Ctx
		for i := range sum.Results {
			c := sum.ResultAt(i).Ctx
			switch {
			case !c.Known || !c.Started || c.From != slot || !sum.StartsFirst:
			case c.Detached:
				return does | summary.Detaches, true
			default:
				return does | summary.Works | summary.Hands, true // a helper that starts a span
			}
		}
		return does, false
	}
	if callee != nil {
		if slot == scope.Receiver {
			return x.methodOnCarrier(call, callee), false
		}
		if otelapi.ReadsOnly(callee) {
			return summary.Reads, false
		}
		if otelapi.TellsError(callee) {
			return summary.Reads, false
		}
	}
	if sig, ok := scope.Underlying(x.pkg.Info, call.Fun).(*types.Signature); ok && returnsContext(sig) {
		return 0, false // judged where the result is used
	}
	if slot == scope.Receiver {
		return 0, false
	}
	if callee == nil && extracts(scope.Underlying(x.pkg.Info, call.Fun)) {
		return summary.Reads, false
	}
	t := x.pkg.Info.TypeOf(call.Args[slot])
	if otelapi.IsRequest(t) && (callee == nil || !otelapi.Sends(callee)) {
		return 0, false // most helpers read what the request says
	}
	if !otelapi.IsRequest(t) && !acceptsContext(scope.Underlying(x.pkg.Info, call.Fun), slot) {
		return summary.Reads, false // printed, compared, stored as a plain value
	}
	return summary.Works | summary.Hands, false
}

// methodOnCarrier says what calling a method on a context does.
func (x *Index) methodOnCarrier(call *ast.CallExpr, callee *types.Func) summary.CtxUse {
	switch callee.Name() {
	case "Done":
		return summary.Awaits
	case "Err":
		if cur, ok := x.pkg.Cursor(call); ok && !x.flowsOn(cur) {
			return summary.Reads
		}
		return summary.Works
	}
	return summary.Reads
}

// flowsOn reports whether the value of an expression goes anywhere but into a
// comparison, a question such as errors.Is, or a call that stands alone, such
// as that of a logger.
func (x *Index) flowsOn(cur inspector.Cursor) bool {
	for cur.ParentEdgeKind() == edge.ParenExpr_X {
		cur = cur.Parent()
	}
	if b, ok := cur.Parent().Node().(*ast.BinaryExpr); ok && (b.Op == token.EQL || b.Op == token.NEQ) {
		return false
	}
	if cur.ParentEdgeKind() == edge.CallExpr_Args {
		cur = cur.Parent()
		if b, ok := x.pkg.Info.TypeOf(cur.Node().(ast.Expr)).(*types.Basic); ok && b.Info()&types.IsBoolean != 0 {
			return false
		}
	}
	return cur.ParentEdgeKind() != edge.ExprStmt_X
}

// extracts reports whether functions of a type are given a context alone and
// return a text, number or list of such: what a logger has to find the trace or
// the user in a context. What works may fail, and says so.
func extracts(fun types.Type) bool {
	sig, ok := fun.(*types.Signature)
	if !ok || sig.Params().Len() != 1 || sig.Results().Len() != 1 {
		return false
	}
	result := sig.Results().At(0).Type().Underlying()
	switch of := result.(type) {
	case *types.Slice:
		result = of.Elem().Underlying()
	case *types.Map:
		result = of.Elem().Underlying()
	}
	_, plain := result.(*types.Basic)
	return plain
}

func returnsContext(sig *types.Signature) bool {
	results := sig.Results()
	for i := range results.Len() {
		if ctxflow.Carries(results.At(i).Type()) {
			return true
		}
	}
	return false
}

// acceptsContext reports whether the parameter that takes the argument is
// meant for a context, as opposed to any value.
func acceptsContext(fun types.Type, slot int) bool {
	sig, ok := fun.(*types.Signature)
	if !ok {
		return false
	}
	if slot >= sig.Params().Len() || sig.Variadic() && slot == sig.Params().Len()-1 {
		return false
	}
	return ctxflow.Carries(sig.Params().At(slot).Type())
}
