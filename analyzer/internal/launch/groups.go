package launch

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

// An Await is whether somebody waits for a group, or receives from a channel.
type Await int

const (
	// Nowhere: nobody does, tests apart.
	Nowhere Await = iota
	// Uncalled: only functions do that nobody calls.
	Uncalled
	// Somewhere: somebody does.
	Somewhere
	// Elsewhere: whoever holds it outside of what is in view may do.
	Elsewhere
)

// A Waiter is the answer to who waits.
type Waiter struct {
	Await
	// By is the function that waits, for Uncalled and Somewhere.
	By *scope.Func
}

// note keeps the answer that is best for the group.
func (w *Waiter) note(a Await, by *scope.Func) {
	if a > w.Await {
		w.Await, w.By = a, by
	}
}

// CountedBy returns the groups that count the launched work: the receiver of
// the launching call, and those on which the work, or a function that it
// calls, calls Done. The second result says that there are others, which have
// no variable.
func (l *Launch) CountedBy() (groups []*types.Var, others bool) {
	x := l.index
	seen := make(map[*types.Var]bool)
	add := func(e ast.Expr) {
		v := x.groupVar(e)
		if v == nil {
			others = true
		} else if !seen[v] {
			seen[v] = true
			groups = append(groups, v)
		}
	}
	if l.Group != nil {
		if !x.isGroup(l.Group) && !x.canWait(l.Group) {
			return nil, true // counted by what the launching function keeps
		}
		add(l.Group)
	}
	if l.Kind == Helped {
		sum := x.table.Call(l.Call)
		for i, arg := range l.Call.Args {
			if sum.SlotAt(i).Group&summary.Releases != 0 {
				add(arg) // goWith(&wg, work)
			}
		}
	}
	// go work(ctx, wg.Done), safe.Go(work, wg.Done)
	for _, arg := range argsOf(l) {
		if sel, ok := ast.Unparen(arg).(*ast.SelectorExpr); ok && x.isDoneOf(sel) {
			add(sel.X)
		}
	}
	if l.Body != nil {
		for _, e := range x.releases(l.Body, 0, map[*scope.Func]bool{}) {
			if v := x.groupVar(e); v != nil {
				if b, ok := l.Env.Bound[v]; ok {
					e = b.Expr
				} else if x.within(l.Body, v) && !v.IsField() {
					continue // its own
				}
			}
			add(e)
		}
	}
	return groups, others
}

// Signals reports whether the work calls Done on its group first of all: the
// group then says that it has started, and not that it is done.
func (l *Launch) Signals() bool {
	if l.Body == nil || len(l.Body.Body.List) == 0 {
		return false
	}
	stmt, ok := l.Body.Body.List[0].(*ast.ExprStmt)
	if !ok {
		return false
	}
	call, ok := ast.Unparen(stmt.X).(*ast.CallExpr)
	if !ok {
		return false
	}
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	return ok && l.index.isDoneOf(sel)
}

// AddsLate reports whether nobody but the work itself adds to its group: until
// it runs the group does not know of it, and a Wait may be over before that.
func (l *Launch) AddsLate(group *types.Var) bool {
	x := l.index
	if l.Kind != Go || l.Body == nil {
		return false
	}
	adds := func(call *ast.CallExpr) bool {
		sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
		if !ok || sel.Sel.Name != "Add" || !otelapi.IsGroup(x.pkg.Info.TypeOf(sel.X)) {
			return false
		}
		v := x.groupVar(sel.X)
		if b, ok := l.Env.Bound[v]; ok && v != nil {
			v = x.groupVar(b.Expr) // a parameter of the work
		}
		return v == group
	}
	inside := false
	for _, stmt := range l.Body.Body.List {
		if es, ok := stmt.(*ast.ExprStmt); ok {
			if call, ok := ast.Unparen(es.X).(*ast.CallExpr); ok && adds(call) {
				inside = true
			}
		}
	}
	if !inside {
		return false
	}
	outside := false
	ast.Inspect(l.Func.Root().Body, func(n ast.Node) bool {
		if n == l.Body.Node {
			return false
		}
		if call, ok := n.(*ast.CallExpr); ok {
			outside = outside || adds(call)
		}
		return !outside
	})
	return !outside
}

// Cancels reports whether somebody calls Cancel on a group: its work is told to
// end, and whether anybody waits until it has is another question.
func (x *Index) Cancels(group *types.Var) bool {
	for _, cur := range x.pkg.Uses(group) {
		if cur.ParentEdgeKind() == edge.SelectorExpr_Sel {
			cur = cur.Parent() // m.group
		}
		if cur.ParentEdgeKind() != edge.SelectorExpr_X {
			continue
		}
		sel := cur.Parent()
		if sel.Node().(*ast.SelectorExpr).Sel.Name == "Cancel" && sel.ParentEdgeKind() == edge.CallExpr_Fun {
			return true
		}
	}
	return false
}

func argsOf(l *Launch) []ast.Expr {
	if l.Call == nil {
		return nil
	}
	return l.Call.Args
}

func (x *Index) within(f *scope.Func, v *types.Var) bool {
	return f.Node.Pos() <= v.Pos() && v.Pos() < f.Node.End()
}

// isGroup reports whether an expression denotes a group.
func (x *Index) isGroup(e ast.Expr) bool { return otelapi.IsGroup(x.pkg.Info.TypeOf(e)) }

// canWait reports whether an expression has a method Wait: what runs work and
// has one is a group, whatever the method that runs it is called.
func (x *Index) canWait(e ast.Expr) bool {
	t := x.pkg.Info.TypeOf(e)
	if t == nil {
		return false
	}
	obj, _, _ := types.LookupFieldOrMethod(t, true, x.pkg.Types, "Wait")
	fn, ok := obj.(*types.Func)
	return ok && fn.Signature().Params().Len() <= 1
}

// isDoneOf reports whether a selector names the Done of a group, called or not.
func (x *Index) isDoneOf(sel *ast.SelectorExpr) bool {
	return sel.Sel.Name == "Done" && x.pkg.Info.Selections[sel] != nil && x.isGroup(sel.X)
}

// releases returns the groups on which f calls Done, in terms of f: those of
// functions it calls in turn are mapped to what it gives them. What f
// launches speaks for itself.
func (x *Index) releases(f *scope.Func, depth int, seen map[*scope.Func]bool) []ast.Expr {
	if seen[f] || depth > maxInline {
		return nil
	}
	seen[f] = true
	var out []ast.Expr
	x.eachRun(f, func(n ast.Node) {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if x.isDoneOf(n) {
				out = append(out, x.promoter(n))
			}
		case *ast.CallExpr:
			if sel, ok := ast.Unparen(n.Fun).(*ast.SelectorExpr); ok && x.isDoneOf(sel) {
				return // what a group does inside is its own affair
			}
			callee := x.pkg.Decl(x.pkg.Callee(n))
			if v, ok := x.pkg.Info.ObjectOf(identOf(n.Fun)).(*types.Var); ok {
				callee = x.localLiteral(v)
			}
			if callee == nil {
				return
			}
			for _, e := range x.releases(callee, depth+1, seen) {
				v := x.groupVar(e)
				if slot, ok := callee.SlotOf(v); ok {
					if arg, ok := ctxflow.Argument(n, slot); ok {
						out = append(out, arg)
					}
				} else if v != nil && (v.IsField() || !x.within(callee, v)) {
					out = append(out, e)
				}
			}
		}
	})
	return out
}

// eachRun visits the nodes that run as part of f: all of them but the bodies
// of launches that go on by themselves.
func (x *Index) eachRun(f *scope.Func, visit func(ast.Node)) {
	ast.Inspect(f.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case nil:
			return false
		case *ast.FuncLit:
			if inner := x.pkg.FuncOf(n); inner == nil || !x.partOf(inner, f) {
				return false
			}
		case *ast.GoStmt:
			lit, ok := ast.Unparen(n.Call.Fun).(*ast.FuncLit)
			if !ok {
				return false
			}
			if inner := x.pkg.FuncOf(lit); inner == nil || !x.partOf(inner, f) {
				return false
			}
		}
		visit(n)
		return true
	})
}

// promoter returns the group that a selector's method belongs to: s for
// s.wg.Done, and s.Done as it stands where s embeds the group.
func (x *Index) promoter(sel *ast.SelectorExpr) ast.Expr {
	if s := x.pkg.Info.Selections[sel]; s != nil && len(s.Index()) > 1 {
		return sel
	}
	return sel.X
}

// groupVar returns the variable or field that holds a group.
func (x *Index) groupVar(e ast.Expr) *types.Var {
	for {
		switch n := ast.Unparen(e).(type) {
		case *ast.UnaryExpr:
			if n.Op != token.AND {
				return nil
			}
			e = n.X
		case *ast.StarExpr:
			e = n.X
		case *ast.IndexExpr:
			e = n.X
		case *ast.SelectorExpr:
			if s := x.pkg.Info.Selections[n]; s != nil && s.Kind() == types.MethodVal {
				return embedded(s)
			}
			v := x.pkg.VarOf(n)
			return originVar(v)
		case *ast.Ident:
			return originVar(x.pkg.VarOf(n))
		default:
			return nil
		}
	}
}

func originVar(v *types.Var) *types.Var {
	if v == nil {
		return nil
	}
	return v.Origin()
}

// embedded returns the embedded field through which a method is promoted.
func embedded(s *types.Selection) *types.Var {
	t := s.Recv()
	var field *types.Var
	for _, i := range s.Index()[:len(s.Index())-1] {
		if p, ok := t.Underlying().(*types.Pointer); ok {
			t = p.Elem()
		}
		st, ok := t.Underlying().(*types.Struct)
		if !ok || i >= st.NumFields() {
			return nil
		}
		field = st.Field(i)
		t = field.Type()
	}
	return originVar(field)
}

// Awaited says who waits for the group, or receives from the channel, in a
// variable or field, tests apart.
func (x *Index) Awaited(group *types.Var) Waiter {
	s := &groupSearch{x: x, seen: make(map[*types.Var]bool)}
	if x.isParam(group) || x.visibleOutside(group) {
		s.found.note(Elsewhere, nil)
	}
	s.follow(group)
	return s.found
}

// Waits returns where in the package the group, or channel, in a variable or
// field is waited for, tests apart. elsewhere says that whoever holds it outside
// of what is in view may wait, too. What a parameter is given by the calls of
// its function is in view.
func (x *Index) Waits(group *types.Var) (at []inspector.Cursor, elsewhere bool) {
	s := &groupSearch{x: x, seen: make(map[*types.Var]bool), returned: make(map[*scope.Func]bool)}
	if x.visibleOutside(group) || x.isParam(group) && !s.given(group) {
		return nil, true
	}
	s.follow(group)
	return s.at, s.found.Await == Elsewhere
}

// given follows the arguments that a parameter stands for, if all of them are
// in view.
func (s *groupSearch) given(v *types.Var) bool {
	x := s.x
	f := x.Flow.Owner(v)
	slot, ok := f.SlotOf(v)
	if !ok || slot == scope.Receiver {
		return false
	}
	var args []ast.Expr
	if f.Obj == nil && f.Cursor.ParentEdgeKind() == edge.CallExpr_Fun {
		arg, ok := ctxflow.Argument(f.Cursor.Parent().Node().(*ast.CallExpr), slot)
		if !ok {
			return false
		}
		args = append(args, arg)
	} else if f.Obj == nil || f.Obj.Exported() && x.pkg.Types.Name() != "main" {
		return false
	}
	for _, c := range x.Callers(f) {
		arg, ok := c.argument(slot)
		if !ok {
			return false
		}
		args = append(args, arg)
	}
	for _, arg := range args {
		w := originVar(x.pkg.VarOf(arg))
		if w == nil || x.visibleOutside(w) {
			return false
		}
		if s.seen[w] {
			continue
		}
		if s.follow(w); x.isParam(w) && !s.given(w) {
			return false
		}
	}
	return len(args) > 0
}

func (x *Index) isParam(v *types.Var) bool {
	if v == nil || v.IsField() {
		return false
	}
	owner := x.Flow.Owner(v)
	if owner == nil {
		return false
	}
	_, ok := owner.SlotOf(v)
	if !ok {
		for i := range owner.Sig.Results().Len() {
			ok = ok || owner.Sig.Results().At(i) == v
		}
	}
	return ok
}

// visibleOutside reports whether other packages can name the variable. What
// another package declares its own code, and all that imports it, may name.
func (x *Index) visibleOutside(v *types.Var) bool {
	if v.Pkg() != nil && v.Pkg() != x.pkg.Types {
		return true
	}
	if x.pkg.Types.Name() == "main" || !v.Exported() {
		return false
	}
	return v.IsField() || v.Parent() == x.pkg.Types.Scope()
}

// A groupSearch follows a group through everything that holds it.
type groupSearch struct {
	x     *Index
	seen  map[*types.Var]bool
	found Waiter
	// at has where it is waited for.
	at []inspector.Cursor
	// returned has the functions whose result is followed, nil if none is to be.
	returned map[*scope.Func]bool
}

func (s *groupSearch) elsewhere() { s.found.note(Elsewhere, nil) }

func (s *groupSearch) follow(v *types.Var) {
	if v = originVar(v); v == nil {
		s.elsewhere()
		return
	}
	if s.seen[v] {
		return
	}
	s.seen[v] = true
	x := s.x
	for _, cur := range x.pkg.Uses(v) {
		if !x.pkg.InTestFile(cur.Node()) {
			s.use(cur)
		}
	}
	if v.Embedded() {
		for _, cur := range x.promoted()[v] {
			s.method(cur)
		}
	}
}

// use judges one identifier of a group.
func (s *groupSearch) use(cur inspector.Cursor) {
	if cur.ParentEdgeKind() == edge.SelectorExpr_Sel {
		cur = cur.Parent()
	}
	s.expr(cur)
}

// expr judges an expression that denotes the group.
func (s *groupSearch) expr(cur inspector.Cursor) {
	x := s.x
climb:
	for {
		switch cur.ParentEdgeKind() {
		case edge.UnaryExpr_X:
			if cur.Parent().Node().(*ast.UnaryExpr).Op == token.ARROW {
				s.waits(cur)
				return
			}
			cur = cur.Parent()
		case edge.ParenExpr_X, edge.StarExpr_X, edge.IndexExpr_X:
			cur = cur.Parent()
		default:
			break climb
		}
	}
	switch cur.ParentEdgeKind() {
	case edge.Field_Names, edge.Field_Type, edge.SendStmt_Chan: // declared, filled
	case edge.RangeStmt_X:
		s.waits(cur)
	case edge.SelectorExpr_X:
		s.method(cur.Parent())
	case edge.CallExpr_Args:
		s.argument(cur.Parent().Node().(*ast.CallExpr), cur.ParentEdgeIndex())
	case edge.AssignStmt_Rhs:
		assign := cur.Parent().Node().(*ast.AssignStmt)
		if len(assign.Lhs) != len(assign.Rhs) {
			s.elsewhere()
			return
		}
		s.into(assign.Lhs[cur.ParentEdgeIndex()])
	case edge.ValueSpec_Values:
		spec := cur.Parent().Node().(*ast.ValueSpec)
		if cur.ParentEdgeIndex() < len(spec.Names) {
			s.into(spec.Names[cur.ParentEdgeIndex()])
		}
	case edge.KeyValueExpr_Value:
		if kv := cur.Parent().Node().(*ast.KeyValueExpr); cur.Parent().ParentEdgeKind() == edge.CompositeLit_Elts {
			if key, ok := kv.Key.(*ast.Ident); ok && x.pkg.VarOf(key) != nil && x.pkg.VarOf(key).IsField() {
				s.into(key)
				return
			}
		}
		s.elsewhere()
	case edge.AssignStmt_Lhs:
		assign := cur.Parent().Node().(*ast.AssignStmt)
		rhs, _, ok := pick(cur.ParentEdgeIndex(), len(assign.Lhs), assign.Rhs)
		if !ok || !s.fresh(rhs) {
			s.elsewhere()
		}
	case edge.ValueSpec_Names:
		spec := cur.Parent().Node().(*ast.ValueSpec)
		if len(spec.Values) == 0 {
			return
		}
		rhs, _, ok := pick(cur.ParentEdgeIndex(), len(spec.Names), spec.Values)
		if !ok || !s.fresh(rhs) {
			s.elsewhere()
		}
	case edge.KeyValueExpr_Key:
		if !s.fresh(cur.Parent().Node().(*ast.KeyValueExpr).Value) {
			s.elsewhere()
		}
	case edge.BinaryExpr_X, edge.BinaryExpr_Y, edge.ExprStmt_X:
	case edge.ReturnStmt_Results:
		s.result(x.pkg.Enclosing(cur))
	default:
		s.elsewhere()
	}
}

// result follows what a function returns to its calls, if these are all in view.
func (s *groupSearch) result(f *scope.Func) {
	x := s.x
	if s.returned == nil || f == nil || f.Obj == nil || f.Sig.Results().Len() != 1 || f.Obj.Exported() && x.pkg.Types.Name() != "main" || len(x.implemented(f)) > 0 {
		s.elsewhere()
		return
	}
	if s.returned[f] {
		return
	}
	s.returned[f] = true
	for _, cur := range x.pkg.Uses(f.Obj) {
		if x.pkg.InTestFile(cur.Node()) || x.pkg.Info.Defs[cur.Node().(*ast.Ident)] != nil {
			continue
		}
		if cur.ParentEdgeKind() == edge.SelectorExpr_Sel {
			cur = cur.Parent()
		}
		if cur.ParentEdgeKind() != edge.CallExpr_Fun {
			s.elsewhere()
			return
		}
		s.expr(cur.Parent())
	}
}

func pick(i, lhs int, rhs []ast.Expr) (ast.Expr, int, bool) {
	switch {
	case i < 0:
		return nil, 0, false
	case len(rhs) == lhs:
		return rhs[i], 0, true
	case len(rhs) == 1:
		return rhs[0], i, true
	}
	return nil, 0, false
}

// into follows a group that is assigned to another variable.
func (s *groupSearch) into(e ast.Expr) {
	if id, ok := ast.Unparen(e).(*ast.Ident); ok && id.Name == "_" {
		return
	}
	v := s.x.groupVar(e)
	if v == nil || s.x.visibleOutside(v) {
		s.elsewhere()
		return
	}
	s.follow(v)
}

// fresh reports whether an expression makes a new group, which nobody else
// has; a variable that it names is followed instead.
func (s *groupSearch) fresh(e ast.Expr) bool {
	x := s.x
	switch n := ast.Unparen(e).(type) {
	case *ast.CompositeLit:
		return true
	case *ast.UnaryExpr:
		return n.Op == token.AND && s.fresh(n.X)
	case *ast.Ident, *ast.SelectorExpr:
		if tv := x.pkg.Info.Types[e]; tv.IsNil() {
			return true
		}
		v := x.groupVar(n)
		if v == nil || x.isParam(v) || x.visibleOutside(v) {
			return false
		}
		s.follow(v)
		return true
	case *ast.CallExpr:
		if isBuiltin(x.pkg.Info, n) {
			id := identOf(n.Fun)
			return id != nil && (id.Name == "new" || id.Name == "make")
		}
		fn := x.pkg.Callee(n)
		if d, ok := otelapi.DerivationOf(fn); ok && d.Effect == otelapi.Groups || otelapi.MakesGroup(fn) {
			return true
		}
		if f := x.pkg.Decl(fn); f != nil {
			return x.makes(f)
		}
		if fn == nil || fn.Signature().Recv() != nil && !otelapi.IsGroup(fn.Signature().Recv().Type()) {
			return false // kept by somebody
		}
		// The constructor of a package that is not ours: pool.New().
		return fn.Pkg() != nil && !scope.OwnFile(x.pkg.Fset.Position(fn.Pos()).Filename)
	}
	return false
}

// makes reports whether every return of f hands out something new.
func (x *Index) makes(f *scope.Func) bool {
	exits := f.Graph().Exits()
	for _, ret := range exits {
		if len(ret.Results) == 0 {
			return false
		}
		e := ast.Unparen(ret.Results[0])
		if u, ok := e.(*ast.UnaryExpr); ok && u.Op == token.AND {
			e = ast.Unparen(u.X)
		}
		if _, ok := e.(*ast.CompositeLit); !ok {
			return false
		}
	}
	return len(exits) > 0
}

// argument follows a group that is handed to a function.
func (s *groupSearch) argument(call *ast.CallExpr, i int) {
	x := s.x
	if id := identOf(call.Fun); id != nil && isBuiltin(x.pkg.Info, call) {
		if id.Name != "close" && id.Name != "len" && id.Name != "cap" {
			s.elsewhere()
		}
		return
	}
	var f *scope.Func
	if lit, ok := ast.Unparen(call.Fun).(*ast.FuncLit); ok {
		f = x.pkg.FuncOf(lit)
	} else if v, ok := x.pkg.Info.ObjectOf(identOf(call.Fun)).(*types.Var); ok {
		f = x.localLiteral(v)
	} else {
		f = x.pkg.Decl(x.pkg.Callee(call))
	}
	if f == nil || i >= f.Sig.Params().Len() || f.Sig.Variadic() && i == f.Sig.Params().Len()-1 {
		s.elsewhere()
		return
	}
	if p := f.Sig.Params().At(i); p.Name() != "" && p.Name() != "_" {
		s.follow(p)
	}
}

// method judges what is selected of a group.
func (s *groupSearch) method(curSel inspector.Cursor) {
	x := s.x
	sel, ok := curSel.Node().(*ast.SelectorExpr)
	if !ok {
		return
	}
	if x.pkg.InTestFile(sel) {
		return
	}
	fn, ok := x.pkg.Info.ObjectOf(sel.Sel).(*types.Func)
	if !ok {
		return // a field of a group that is ours: its methods are what counts
	}
	if x.isWait(sel) || x.mayWait(fn) {
		s.waits(curSel)
	}
}

// waits notes that somebody waits.
func (s *groupSearch) waits(cur inspector.Cursor) {
	x := s.x
	s.at = append(s.at, cur)
	by := x.pkg.Enclosing(cur)
	if by == nil || x.Live(by) {
		s.found.note(Somewhere, by)
	} else {
		s.found.note(Uncalled, by)
	}
}

// mayWait reports whether a method of a group that is not the standard
// library's may wait: it neither counts nor launches nor configures.
func (x *Index) mayWait(fn *types.Func) bool {
	if fn.Pkg() == nil || fn.Pkg().Path() == "sync" {
		return false
	}
	switch fn.Name() {
	case "Add", "Done", "Go", "TryGo", "SetLimit":
		return false // what makes it a group
	}
	if otelapi.IsGroup(fn.Signature().Recv().Type()) {
		sig := fn.Signature()
		for i := range sig.Params().Len() {
			if _, ok := sig.Params().At(i).Type().Underlying().(*types.Signature); ok {
				return false
			}
		}
		for i := range sig.Results().Len() {
			if otelapi.IsGroup(sig.Results().At(i).Type()) {
				return false
			}
		}
		if sum := x.table.Callee(fn); sum != nil {
			return sum.SlotAt(scope.Receiver).Group&(summary.Waits|summary.Receives) != 0
		}
		return true
	}
	return false
}

// promoted returns the selectors of methods that are promoted through an
// embedded field.
func (x *Index) promoted() map[*types.Var][]inspector.Cursor {
	type key struct{}
	return x.pkg.Memo(key{}, func() any {
		out := make(map[*types.Var][]inspector.Cursor)
		for _, f := range x.pkg.Funcs {
			inOwn(f, func(n ast.Node) {
				sel, ok := n.(*ast.SelectorExpr)
				if !ok {
					return
				}
				s := x.pkg.Info.Selections[sel]
				if s == nil || s.Kind() == types.FieldVal || len(s.Index()) < 2 {
					return
				}
				if v := embedded(s); v != nil && otelapi.IsGroup(v.Type()) {
					if cur, ok := x.pkg.Cursor(sel); ok {
						out[v] = append(out[v], cur)
					}
				}
			})
		}
		return out
	}).(map[*types.Var][]inspector.Cursor)
}

// Live reports whether a function can be called outside tests: it is
// exported, a method that an interface may call, or named by a function that
// can be called.
func (x *Index) Live(f *scope.Func) bool {
	type key struct{}
	live := x.pkg.Memo(key{}, func() any { return x.findLive() }).(map[*scope.Func]bool)
	return live[f.Root()]
}

func (x *Index) findLive() map[*scope.Func]bool {
	live := make(map[*scope.Func]bool)
	byName := make(map[string][]*scope.Func) // methods
	var queue []*scope.Func
	mark := func(f *scope.Func) {
		if f != nil && !live[f] {
			live[f] = true
			queue = append(queue, f)
		}
	}
	program := x.pkg.Types.Name() == "main"
	for _, f := range x.pkg.Funcs {
		if f.Outer != nil || x.pkg.InTestFile(f.Node) {
			continue
		}
		switch {
		case f.Obj == nil:
			mark(f) // a literal in a package variable
		case f.Obj.Signature().Recv() != nil:
			byName[f.Obj.Name()] = append(byName[f.Obj.Name()], f)
			if f.Obj.Exported() && (!program || x.implements(f.Obj)) {
				mark(f)
			}
		case f.Obj.Name() == "main" || f.Obj.Name() == "init" || f.Obj.Exported() && !program:
			mark(f)
		}
	}
	// Functions named outside functions: in the values of package variables.
	for _, f := range x.pkg.Funcs {
		if f.Obj == nil {
			continue
		}
		for _, cur := range x.pkg.Uses(f.Obj) {
			if x.pkg.Info.Defs[cur.Node().(*ast.Ident)] == nil && x.pkg.Enclosing(cur) == nil && !x.pkg.InTestFile(cur.Node()) {
				mark(f)
			}
		}
	}
	for len(queue) > 0 {
		f := queue[0]
		queue = queue[1:]
		ast.Inspect(f.Body, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			if !ok {
				return true
			}
			fn, ok := x.pkg.Info.Uses[id].(*types.Func)
			if !ok {
				return true
			}
			if g := x.pkg.Decl(fn); g != nil {
				mark(g)
			} else if recv := fn.Signature().Recv(); recv != nil && types.IsInterface(recv.Type()) {
				for _, g := range byName[fn.Name()] {
					mark(g)
				}
			}
			return true
		})
	}
	return live
}

// implements reports whether an interface of an imported package has a method
// like this one, so that somebody may call it through that.
func (x *Index) implements(fn *types.Func) bool {
	type key struct{}
	known := x.pkg.Memo(key{}, func() any {
		names := map[string]bool{"Error": true}
		for _, imp := range x.pkg.Types.Imports() {
			for _, name := range imp.Scope().Names() {
				tn, ok := imp.Scope().Lookup(name).(*types.TypeName)
				if !ok || !tn.Exported() {
					continue
				}
				if it, ok := tn.Type().Underlying().(*types.Interface); ok {
					for i := range it.NumMethods() {
						names[it.Method(i).Name()] = true
					}
				}
			}
		}
		return names
	}).(map[string]bool)
	return known[fn.Name()]
}

// Skipped returns a return statement of the launching function that is
// reached from the launch past every wait for a group of the function's own,
// and that is not taken only because a context is done which the work runs on:
// to wait for its end is to wait for the work. Nor is it one that ends the
// process, or on which nobody misses the work.
// Returns below the last wait are not looked at: there the wait stands under
// a condition, and that is how the author decides.
func (l *Launch) Skipped(group *types.Var) (*ast.ReturnStmt, bool) {
	x, f := l.index, l.Func
	if x.Flow.Owner(group) != f {
		return nil, false
	}
	g := f.Graph()
	p, ok := g.At(l.Node)
	if !ok {
		return nil, false
	}
	var last token.Pos
	deferred, added := false, l.Group != nil
	inOwn(f, func(n ast.Node) {
		if sel, ok := n.(*ast.SelectorExpr); ok && sel.Sel.Name == "Add" && sel.Pos() < l.Node.Pos() && x.groupVar(sel.X) == group {
			added = true
		}
		if s, ok := n.(ast.Stmt); ok && l.awaits(s, group) {
			if _, ok := s.(*ast.DeferStmt); ok {
				deferred = deferred || s.Pos() < l.Node.Pos()
			}
			last = max(last, s.Pos())
		}
	})
	if deferred || !added || !last.IsValid() || l.told(f) {
		return nil, false
	}
	known := x.conditions(l.Node, f)
	ends := x.endings(f, l.endsWith)
	found, ok := g.Reach(p, func(n ast.Node) bool {
		ret, ok := n.(*ast.ReturnStmt)
		return ok && ret.Pos() < last && !l.awaits(ret, group) && !l.waits(ret) && ret.End() <= f.Body.Rbrace &&
			!x.endsProcess(f, ret) && !l.forsaken(ret, group)
	}, path.Search{
		Stop: func(n ast.Node) bool { return n != l.Node && (l.awaits(n, group) || l.waits(n) || ends.at(n)) },
		Edge: func(cond ast.Expr, outcome bool) bool {
			text, same := condition(cond)
			was, ok := known[text]
			return l.accepted(cond, outcome) && (!ok || was == (outcome == same)) && !ends.where(cond, outcome)
		},
	})
	if !ok {
		return nil, false
	}
	return found.(*ast.ReturnStmt), true
}

// WaitedBefore reports whether every wait for a group of the launching
// function's own runs before the launch, and none after it.
func (l *Launch) WaitedBefore(group *types.Var) bool {
	x, f := l.index, l.Func
	if x.Flow.Owner(group) != f {
		return false
	}
	p, ok := f.Graph().At(l.Node)
	if !ok {
		return false
	}
	waits := false
	for _, cur := range x.pkg.Uses(group) {
		switch {
		case cur.Node().Pos() == group.Pos():
			continue // declared
		case cur.ParentEdgeKind() != edge.SelectorExpr_X:
			return false // whoever gets it may wait
		case !x.isWait(cur.Parent().Node().(*ast.SelectorExpr)):
			continue
		case cur.Parent().ParentEdgeKind() != edge.CallExpr_Fun:
			return false // s.wait = g.Wait: whoever calls that waits
		case cur.Node().Pos() > l.Node.Pos(), x.pkg.Enclosing(cur) != f:
			return false // below, or whenever a literal runs
		case cur.Parent().Parent().ParentEdgeKind() == edge.DeferStmt_Call:
			return false
		}
		waits = true
	}
	if !waits {
		return false
	}
	_, again := f.Graph().Reach(p, func(n ast.Node) bool { return n != l.Node && l.awaits(n, group) }, path.Search{})
	return !again
}

// told reports whether a deferred call of f cancels a context that the work
// uses: it is told to end when f returns.
func (l *Launch) told(f *scope.Func) bool {
	for _, u := range l.Uses() {
		for _, v := range u.Values {
			for _, s := range v.Cancels() {
				if s.Handle == nil || s.Func != f {
					continue
				}
				if _, ok := l.index.DeferredCall(s.Handle, f); ok {
					return true
				}
			}
		}
	}
	return false
}

// awaits reports whether a node waits for the group itself, at any depth, or
// hands it on.
func (l *Launch) awaits(n ast.Node, group *types.Var) bool {
	x := l.index
	found := false
	ast.Inspect(n, func(m ast.Node) bool {
		if found {
			return false
		}
		switch m := m.(type) {
		case *ast.FuncLit:
			if f := x.pkg.FuncOf(m); f != nil && f == l.Body {
				return false
			}
		case *ast.SelectorExpr:
			if fn, ok := x.pkg.Info.ObjectOf(m.Sel).(*types.Func); ok && x.groupVar(m.X) == group && (x.isWait(m) || x.mayWait(fn)) {
				found = true
			}
		case *ast.CallExpr:
			// A local closure that waits.
			if v, ok := x.pkg.Info.ObjectOf(identOf(m.Fun)).(*types.Var); ok {
				recursive := func(lit *scope.Func) bool { return lit.Node.Pos() <= m.Pos() && m.End() <= lit.Node.End() }
				if lit := x.localLiteral(v); lit != nil && lit != l.Body && !recursive(lit) {
					found = l.awaits(lit.Body, group)
				}
			}
		}
		return !found
	})
	return found
}

// conditions returns the conditions around a node, and how each has turned
// out, where nothing assigns what they ask about.
func (x *Index) conditions(n ast.Node, f *scope.Func) map[string]bool {
	known := make(map[string]bool)
	cur, ok := x.pkg.Cursor(n)
	for ok && cur.Node() != f.Node {
		kind := cur.ParentEdgeKind()
		parent := cur.Parent()
		if ifs, isIf := parent.Node().(*ast.IfStmt); isIf && (kind == edge.IfStmt_Body || kind == edge.IfStmt_Else) && x.constant(ifs.Cond) {
			text, same := condition(ifs.Cond)
			known[text] = (kind == edge.IfStmt_Body) == same
		}
		cur = parent
	}
	return known
}

// condition returns the text of a condition without negations, and whether
// it has the same outcome.
func condition(e ast.Expr) (text string, same bool) {
	same = true
	for {
		e = ast.Unparen(e)
		not, ok := e.(*ast.UnaryExpr)
		if !ok || not.Op != token.NOT {
			return types.ExprString(e), same
		}
		e, same = not.X, !same
	}
}

// constant reports whether a condition has the same outcome wherever in the
// function it is asked: it reads variables that are assigned once.
func (x *Index) constant(e ast.Expr) bool {
	same := true
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			same = same && isBuiltin(x.pkg.Info, n)
		case *ast.Ident:
			if v, ok := x.pkg.Info.ObjectOf(n).(*types.Var); ok && !v.IsField() && x.Flow.Reassigned(v) {
				same = false
			}
		}
		return same
	})
	return same
}
