package spans

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/ast/edge"

	"github.com/spanlint/spanlint/analyzer/internal/scope"
	"github.com/spanlint/spanlint/analyzer/internal/summary"
)

// spanField returns a field of a struct, or of what t points to, that has a
// span; nil if there is none, or t is a type of spans itself.
func (m *model) spanField(t types.Type) *types.Var {
	if t == nil || m.pkg.Tracers.IsSpan(t) {
		return nil
	}
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok || m.pkg.Tracers.IsSpan(t) {
		return nil
	}
	for i := range st.NumFields() {
		if m.pkg.Tracers.IsSpan(st.Field(i).Type()) {
			return st.Field(i)
		}
	}
	return nil
}

// member handles op.M, where op is an object with the span.
func (v *value) member(sel cursor, n *ast.SelectorExpr, h holding) {
	out := outermost(sel)
	kind, _ := out.ParentEdge()
	call, isCall := out.Parent().Node().(*ast.CallExpr)
	isCall = isCall && kind == edge.CallExpr_Fun
	switch obj := v.m.pkg.Info.ObjectOf(n.Sel).(type) {
	case *types.Var:
		switch {
		case !v.m.pkg.Tracers.IsSpan(obj.Type()):
			if isFunc(obj.Type()) {
				v.leaves(Given, n, h, 0, nil) // op.end()
			}
		case kind == edge.AssignStmt_Lhs:
			v.leaves(Given, n, h, 0, nil) // has another span from here on
		default:
			v.use(sel, holding{form: theSpan, via: h.via})
		}
	case *types.Func:
		handling, known := v.method(obj)
		switch {
		case !known:
			v.leaves(Given, n, h, 0, nil)
		case !isCall && handling&settles != 0:
			if handling&summary.Ends != 0 && handling&summary.Keeps == 0 {
				v.use(sel, holding{form: endFunc, via: h.via})
			} else {
				v.leaves(Given, n, h, 0, nil)
			}
		case !isCall:
		case handling&summary.Keeps != 0:
			v.happens(out.Parent(), &Event{Does: Given, Node: call, Via: h.via})
		case handling&summary.Ends != 0:
			v.happens(out.Parent(), &Event{Does: Ends, Node: call, Helper: true, Via: h.via, isEnd: true})
		case handling&summary.MayEnd != 0:
			v.happens(out.Parent(), &Event{Does: MayEnd, Node: call, Helper: true, Via: h.via})
		}
	default:
		v.leaves(Given, n, h, 0, nil)
	}
}

// method says what a method of an object does with its span. A method that is
// promoted from the span is the span's own.
func (v *value) method(fn *types.Func) (summary.Handling, bool) {
	if recv := fn.Signature().Recv(); recv != nil && v.m.pkg.Tracers.IsSpan(recv.Type()) {
		if v.m.pkg.Tracers.Ends(recv.Type(), fn.Name()) {
			return summary.Ends | summary.MayEnd, true
		}
		return 0, !v.m.pkg.Tracers.Chains(recv.Type(), fn.Name())
	}
	sum := v.t.Callee(fn)
	if sum == nil {
		return 0, false
	}
	return sum.SlotAt(scope.Receiver).Span, true
}

// held returns the result of f that is an object with the span, if the object
// is all that has it and goes nowhere else.
func (m *model) held(t *summary.Table, f *scope.Func, v *value) (result int, ok bool) {
	var store *Event
	for g, events := range v.events {
		for _, e := range events {
			switch e.Does {
			case Annotates, CtxWorks, CtxReturned, CtxStored:
			case Ends:
				// On a way that returns no object.
				if e.Defer != nil || g != f {
					return 0, false
				}
			case Stored:
				if store != nil || g != f || e.Lit != nil || e.isEnd || e.To == nil || !e.To.IsField() {
					return 0, false
				}
				store = e
			default:
				return 0, false
			}
		}
	}
	if store == nil {
		return 0, false
	}
	obj := m.newValue(t, nil)
	obj.startsIn(f)
	switch n := store.Node.(type) {
	case *ast.CompositeLit:
		if m.spanField(m.pkg.Info.TypeOf(n)) == nil {
			return 0, false
		}
		cur, found := m.pkg.Cursor(n)
		if !found {
			return 0, false
		}
		obj.use(cur, holding{form: object})
	case *ast.AssignStmt:
		for _, lhs := range n.Lhs {
			sel, isSel := ast.Unparen(lhs).(*ast.SelectorExpr)
			if !isSel || m.pkg.Info.ObjectOf(sel.Sel) != store.To {
				continue
			}
			w := m.local(sel.X)
			if w == nil || !f.Owns(w) || m.isParam(w, f) || m.spanField(w.Type()) == nil {
				return 0, false
			}
			obj.followObject(w, sel)
		}
	default:
		return 0, false
	}
	result = -1
	for g, events := range obj.events {
		for _, e := range events {
			if e.Does == Annotates {
				continue
			}
			if e.Does != Returned || g != f || e.Lit != nil || e.isEnd || result >= 0 && result != e.Result {
				return 0, false
			}
			result = e.Result
		}
	}
	return result, result >= 0
}

// followObject follows a variable with an object whose field gets the span by
// the assignment to sel.
func (v *value) followObject(w *types.Var, sel *ast.SelectorExpr) {
	h := holding{form: object, via: w}
	v.holders[w] = append(v.holders[w], h)
	for _, cur := range v.m.pkg.Uses(w) {
		if cur.Parent().Node() != ast.Node(sel) && !v.m.declares(cur) {
			v.use(cur, h)
		}
	}
}
