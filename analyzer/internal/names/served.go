package names

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
)

// A requester is a parameter that brings a request, and the function that has
// it.
type requester struct {
	v *types.Var
	f *scope.Func
}

// requestOf returns the parameter that a value is read from: r of r.URL, also
// where a variable has it in between, or where the parameter is that of a
// helper, to which the function that is looked at hands its own.
func (e *evaluation) requestOf(x ast.Expr, f *scope.Func) (requester, bool) {
	for range maxDepth {
		switch y := ast.Unparen(x).(type) {
		case *ast.SelectorExpr:
			x = y.X
		case *ast.CallExpr: // c.Request(), r.WithContext(ctx)
			sel, ok := ast.Unparen(y.Fun).(*ast.SelectorExpr)
			if !ok {
				return requester{}, false
			}
			if t := e.pkg.Info.TypeOf(sel.X); len(y.Args) > 0 && (t == nil || !types.Identical(t, e.pkg.Info.TypeOf(y))) {
				return requester{}, false
			}
			x = sel.X
		case *ast.Ident:
			v := e.pkg.VarOf(y)
			if v == nil {
				return requester{}, false
			}
			if r, ok := e.handed[v]; ok {
				return r, true
			}
			for g := f; g != nil; g = g.Outer {
				if slot, ok := g.SlotOf(v); ok && slot != scope.Receiver {
					return requester{v, g}, true
				}
			}
			values, complete := e.pkg.Values(v)
			if !complete || len(values) != 1 {
				return requester{}, false
			}
			x = values[0]
		default:
			return requester{}, false
		}
	}
	return requester{}, false
}

// onePath reports whether the requests that x is read from come in under paths
// that the source has: then their path is one of a few.
func (e *evaluation) onePath(x ast.Expr, f *scope.Func) bool {
	r, ok := e.requestOf(x, f)
	if !ok {
		return false
	}
	type key struct{ v *types.Var }
	return e.pkg.Memo(key{r.v}, func() any {
		w := &routing{pkg: e.pkg, seen: make(map[place]bool)}
		return w.function(r, nil) && w.found
	}).(bool)
}

// A routing follows a handler from where it is made to where it is registered.
// Each of its methods reports whether all that becomes of the handler is
// understood and has, where it is registered, a pattern for one path.
type routing struct {
	pkg   *scope.Package
	seen  map[place]bool
	found bool // a registration
}

type place struct {
	n   ast.Node
	env *arguments
}

// arguments is what the parameters of a function are given that is looked
// into.
type arguments struct {
	of    map[*types.Var]ast.Expr
	outer *arguments
}

func (w *routing) again(n ast.Node, env *arguments) bool {
	p := place{n, env}
	if w.seen[p] || len(w.seen) > maxSteps {
		return true
	}
	w.seen[p] = true
	return false
}

// function follows a function that serves requests.
func (w *routing) function(r requester, env *arguments) bool {
	f := r.f
	if f.Obj == nil {
		return w.value(f.Cursor, env)
	}
	if w.again(f.Node, env) {
		return true
	}
	slot, _ := f.SlotOf(r.v)
	for _, cur := range w.pkg.Uses(f.Obj) {
		if w.pkg.Info.Defs[cur.Node().(*ast.Ident)] != nil || w.pkg.InTestFile(cur.Node()) {
			continue
		}
		if cur.ParentEdgeKind() == edge.SelectorExpr_Sel {
			cur = cur.Parent()
		}
		ok := false
		if cur.ParentEdgeKind() == edge.CallExpr_Fun {
			// The caller hands the request on that it serves.
			ok = w.handsOn(cur.Parent().Node().(*ast.CallExpr), slot, w.pkg.Enclosing(cur), env)
		} else {
			ok = w.value(cur, env)
		}
		if !ok {
			return false
		}
	}
	if recv := f.Recv(); recv != nil && f.Obj.Name() == "ServeHTTP" {
		return w.object(recv.Type(), env)
	}
	return true
}

func (w *routing) handsOn(c *ast.CallExpr, slot int, f *scope.Func, env *arguments) bool {
	if slot < 0 || slot >= len(c.Args) || f == nil {
		return false
	}
	e := &evaluation{pkg: w.pkg}
	r, ok := e.requestOf(c.Args[slot], f)
	return ok && w.function(r, env)
}

// object follows the values of a type that is a handler itself.
func (w *routing) object(t types.Type, env *arguments) bool {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	named, ok := types.Unalias(t).(*types.Named)
	if !ok {
		return false
	}
	for _, cur := range w.pkg.Uses(named.Obj()) {
		up := cur
		for k := up.ParentEdgeKind(); k == edge.IndexExpr_X || k == edge.IndexListExpr_X; k = up.ParentEdgeKind() {
			up = up.Parent()
		}
		if up.ParentEdgeKind() != edge.CompositeLit_Type || w.pkg.InTestFile(cur.Node()) {
			continue
		}
		if !w.value(up.Parent(), env) {
			return false
		}
	}
	return true
}

// value follows a handler, or an option for one, from an expression that has
// it.
func (w *routing) value(cur inspector.Cursor, env *arguments) bool {
	for cur.ParentEdgeKind() == edge.ParenExpr_X || cur.ParentEdgeKind() == edge.UnaryExpr_X {
		cur = cur.Parent()
	}
	if w.again(cur.Node(), env) {
		return true
	}
	parent := cur.Parent()
	kind, i := cur.ParentEdge()
	switch kind {
	case edge.CallExpr_Args:
		return w.passed(parent, i, env)
	case edge.CallExpr_Fun: // middleware(h), which has the option
		return w.value(parent, env)
	case edge.AssignStmt_Rhs, edge.ValueSpec_Values:
		return w.variable(w.assigned(cur), env)
	case edge.KeyValueExpr_Value, edge.CompositeLit_Elts:
		return w.element(cur, env)
	case edge.ReturnStmt_Results:
		return i == 0 && w.returned(w.pkg.Enclosing(parent), env)
	case edge.SelectorExpr_X:
		return w.serves(parent, env)
	case edge.BinaryExpr_X, edge.BinaryExpr_Y:
		return true // whether there is one
	}
	return false
}

// element follows an element of a literal: a list of options, the field of an
// object, an entry of a table of handlers. What stands beside it in the same
// row or entry is what is used together with it.
func (w *routing) element(cur inspector.Cursor, env *arguments) bool {
	key := ast.Expr(nil)
	elt := cur
	if cur.ParentEdgeKind() == edge.KeyValueExpr_Value {
		elt = cur.Parent()
		key = elt.Node().(*ast.KeyValueExpr).Key
	}
	if elt.ParentEdgeKind() != edge.CompositeLit_Elts {
		return false
	}
	lit := elt.Parent().Node().(*ast.CompositeLit)
	switch t := scope.Underlying(w.pkg.Info, lit).(type) {
	case *types.Slice:
		return w.value(elt.Parent(), env)
	case *types.Map:
		return key != nil && w.entry(elt.Parent(), key, env)
	case *types.Struct:
		row := &arguments{of: make(map[*types.Var]ast.Expr), outer: env}
		var own *types.Var
		for i, e := range lit.Elts {
			v := (*types.Var)(nil)
			if kv, ok := e.(*ast.KeyValueExpr); ok {
				v, e = w.pkg.VarOf(kv.Key), kv.Value
			} else if i < t.NumFields() {
				v = t.Field(i)
			}
			if v == nil {
				return false
			}
			if v = v.Origin(); e == cur.Node() {
				own = v
			} else if isText(v.Type()) {
				row.of[v] = e
			}
		}
		return w.variable(own, row)
	}
	return false
}

// entry follows the entry of a map to the loops over the map:
//
//	for pattern, h := range map[string]http.HandlerFunc{"/a": a, "/b": b} {
//		mux.HandleFunc(pattern, h)
//	}
func (w *routing) entry(lit inspector.Cursor, key ast.Expr, env *arguments) bool {
	ranges := []inspector.Cursor{lit}
	switch lit.ParentEdgeKind() {
	case edge.AssignStmt_Rhs, edge.ValueSpec_Values:
		v := w.assigned(lit)
		if v == nil || scope.Lasts(v) && v.Exported() {
			return false
		}
		ranges = nil
		for _, cur := range w.pkg.Uses(v) {
			switch cur.ParentEdgeKind() {
			case edge.AssignStmt_Lhs, edge.ValueSpec_Names:
			default:
				ranges = append(ranges, cur)
			}
		}
	}
	for _, cur := range ranges {
		if cur.ParentEdgeKind() != edge.RangeStmt_X {
			return false
		}
		r := cur.Parent().Node().(*ast.RangeStmt)
		if r.Key == nil || r.Value == nil {
			continue
		}
		inner := &arguments{of: make(map[*types.Var]ast.Expr), outer: env}
		if v := w.pkg.VarOf(r.Key); v != nil {
			inner.of[v] = key
		}
		if v := w.pkg.VarOf(r.Value); v == nil || !w.variable(v, inner) {
			return false
		}
	}
	return true
}

// assigned returns the variable that an expression is assigned to.
func (w *routing) assigned(cur inspector.Cursor) *types.Var {
	_, i := cur.ParentEdge()
	switch p := cur.Parent().Node().(type) {
	case *ast.AssignStmt:
		if i < len(p.Lhs) {
			return w.pkg.VarOf(p.Lhs[i])
		}
	case *ast.ValueSpec:
		if i < len(p.Names) {
			return w.pkg.VarOf(p.Names[i])
		}
	}
	return nil
}

// passed follows the argument of a call: what is registered has its pattern
// beside it, and what is wrapped is in the result.
func (w *routing) passed(call inspector.Cursor, i int, env *arguments) bool {
	c := call.Node().(*ast.CallExpr)
	if route, ok := otelapi.RouteOf(w.pkg.Callee(c)); ok {
		router, _ := ast.Unparen(c.Fun).(*ast.SelectorExpr)
		return w.registered(c, i, route, router, env)
	}
	if call.ParentEdgeKind() != edge.ExprStmt_X {
		return w.value(call, env)
	}
	targets, complete := w.pkg.Targets(c.Fun)
	if !complete {
		return false
	}
	for _, t := range targets {
		if route, ok := otelapi.RouteOf(t.Obj); ok { // handle := mux.Handle
			if !w.registered(c, i, route, nil, env) {
				return false
			}
			continue
		}
		if t.Func == nil || t.Func.Sig.Variadic() || t.Func.Sig.Params().Len() != len(c.Args) {
			return false
		}
		inner := &arguments{of: make(map[*types.Var]ast.Expr), outer: env}
		for k, arg := range c.Args {
			inner.of[t.Func.Sig.Params().At(k)] = arg
		}
		if !w.variable(t.Func.Sig.Params().At(i), inner) {
			return false
		}
	}
	return len(targets) > 0
}

// registered judges the argument of a call by which handlers are registered,
// as a method of router if that is known.
func (w *routing) registered(c *ast.CallExpr, i int, route otelapi.Route, router *ast.SelectorExpr, env *arguments) bool {
	if i < route.Handler || route.Pattern >= len(c.Args) {
		return false
	}
	w.found = true
	if router != nil && route.Syntax != otelapi.ServeMux && w.below(router.X, route.Syntax, 0) {
		return false
	}
	return w.fixed(c.Args[route.Pattern], route.Syntax, env, 0)
}

// variable follows all uses of a variable or field.
func (w *routing) variable(v *types.Var, env *arguments) bool {
	if v == nil || v.Pkg() != w.pkg.Types || v.Exported() && scope.Lasts(v) && v.Pkg().Name() != "main" {
		return false
	}
	for _, cur := range w.pkg.Uses(v) {
		if w.pkg.InTestFile(cur.Node()) {
			continue
		}
		if cur.ParentEdgeKind() == edge.SelectorExpr_Sel {
			cur = cur.Parent()
		}
		switch cur.ParentEdgeKind() {
		case edge.AssignStmt_Lhs, edge.ValueSpec_Names, edge.Field_Names, edge.KeyValueExpr_Key, edge.RangeStmt_Value:
			continue
		}
		if !w.value(cur, env) {
			return false
		}
	}
	return true
}

// returned follows what a function returns to its calls in this package. One
// that others can call is judged by those in view.
func (w *routing) returned(f *scope.Func, env *arguments) bool {
	if f == nil {
		return false
	}
	if f.Obj == nil {
		return f.Cursor.ParentEdgeKind() == edge.CallExpr_Fun && w.value(f.Cursor.Parent(), env)
	}
	for _, cur := range w.pkg.Uses(f.Obj) {
		if w.pkg.Info.Defs[cur.Node().(*ast.Ident)] != nil || w.pkg.InTestFile(cur.Node()) {
			continue
		}
		if cur.ParentEdgeKind() == edge.SelectorExpr_Sel {
			cur = cur.Parent()
		}
		if cur.ParentEdgeKind() != edge.CallExpr_Fun || !w.value(cur.Parent(), env) {
			return false
		}
	}
	return true
}

// serves follows h.ServeHTTP, which is called with a request, or registered.
func (w *routing) serves(sel inspector.Cursor, env *arguments) bool {
	if sel.Node().(*ast.SelectorExpr).Sel.Name != "ServeHTTP" {
		return false
	}
	if sel.ParentEdgeKind() == edge.CallExpr_Fun {
		return w.handsOn(sel.Parent().Node().(*ast.CallExpr), 1, w.pkg.Enclosing(sel), env)
	}
	return w.value(sel, env)
}

// fixed reports whether a pattern is, whatever value it has, one for one path.
func (w *routing) fixed(x ast.Expr, syntax otelapi.Syntax, env *arguments, depth int) bool {
	if depth > maxDepth {
		return false
	}
	x = ast.Unparen(x)
	if tv := w.pkg.Info.Types[x]; tv.Value != nil {
		return tv.Value.Kind() == constant.String && syntax.OnePath(constant.StringVal(tv.Value))
	}
	if sum, ok := x.(*ast.BinaryExpr); ok && sum.Op == token.ADD {
		// What comes before it is configured, for the program as a whole.
		tv := w.pkg.Info.Types[sum.Y]
		return tv.Value != nil && tv.Value.Kind() == constant.String && syntax.OneEnd(constant.StringVal(tv.Value)) && !w.admits(sum.X, syntax)
	}
	v := w.pkg.VarOf(x)
	if v == nil {
		return false
	}
	for at := env; at != nil; at = at.outer {
		if arg, ok := at.of[v]; ok {
			return w.fixed(arg, syntax, at.outer, depth+1)
		}
	}
	values, complete := w.pkg.Values(v)
	if !complete {
		values, complete = w.elements(v)
	}
	for _, e := range values {
		complete = complete && w.fixed(e, syntax, nil, depth+1)
	}
	return complete && len(values) > 0
}

// admits reports whether a constant part of a pattern matches several texts.
func (w *routing) admits(x ast.Expr, syntax otelapi.Syntax) bool {
	found := false
	ast.Inspect(x, func(n ast.Node) bool {
		if _, lit := n.(*ast.FuncLit); lit || found {
			return false
		}
		if e, ok := n.(ast.Expr); ok {
			tv := w.pkg.Info.Types[e]
			found = tv.Value != nil && tv.Value.Kind() == constant.String && syntax.Varies(constant.StringVal(tv.Value))
		}
		return true
	})
	return found
}

// below reports whether a router is itself, as far as the package shows, below
// a pattern that matches several paths:
//
//	group := router.Group("/:tenant")
//	router.Route("/{tenant}", func(router chi.Router) { ... })
//	router.Mount("/{tenant}", below)
func (w *routing) below(router ast.Expr, syntax otelapi.Syntax, depth int) bool {
	if depth > maxDepth {
		return false
	}
	switch e := ast.Unparen(router).(type) {
	case *ast.CallExpr:
		return w.prefixed(e, syntax, depth)
	case *ast.Ident, *ast.SelectorExpr:
		v := w.pkg.VarOf(e)
		if v == nil {
			return false
		}
		values, _ := w.pkg.Values(v)
		for _, value := range values {
			if w.below(value, syntax, depth+1) {
				return true
			}
		}
		for _, cur := range w.pkg.Uses(v) {
			switch cur.ParentEdgeKind() {
			case edge.CallExpr_Args:
				if w.prefixed(cur.Parent().Node().(*ast.CallExpr), syntax, depth) {
					return true
				}
			case edge.Field_Names: // a parameter of a function that is handed over
				f := w.pkg.Enclosing(cur)
				if f != nil && f.Obj == nil && f.Cursor.ParentEdgeKind() == edge.CallExpr_Args && w.prefixed(f.Cursor.Parent().Node().(*ast.CallExpr), syntax, depth) {
					return true
				}
			}
		}
	}
	return false
}

// prefixed reports whether a call puts a router below such a pattern, or below
// another one that is.
func (w *routing) prefixed(c *ast.CallExpr, syntax otelapi.Syntax, depth int) bool {
	for _, arg := range c.Args {
		if t := w.pkg.Info.TypeOf(arg); t != nil && isText(t) && w.admits(arg, syntax) {
			return true
		}
	}
	sel, ok := ast.Unparen(c.Fun).(*ast.SelectorExpr)
	return ok && w.pkg.Info.Selections[sel] != nil && w.below(sel.X, syntax, depth+1)
}

// elements returns the values of a variable that takes those of a list, one
// after the other.
func (w *routing) elements(v *types.Var) ([]ast.Expr, bool) {
	for _, cur := range w.pkg.Uses(v) {
		if cur.ParentEdgeKind() == edge.RangeStmt_Value {
			lit, ok := ast.Unparen(cur.Parent().Node().(*ast.RangeStmt).X).(*ast.CompositeLit)
			if !ok {
				return nil, false
			}
			return lit.Elts, true
		}
	}
	return nil, false
}
