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
)

// A Keeper says who has what a call returns when the function around the call
// has returned. It matters for what is no data: a reader, an iterator, a
// connection goes on with the context it was opened with.
type Keeper int

const (
	// NobodyKeeps: it is used up here, or is data.
	NobodyKeeps Keeper = iota
	// CallerKeeps: it is returned inside of something. What is returned as it
	// is comes with the context that the caller has given for it.
	CallerKeeps
	// OthersKeep: it is put into a field, a variable of the package or a channel,
	// and serves whoever comes later.
	OthersKeep
)

// ResultOf returns the keeper of what a call opens.
func (x *Index) ResultOf(call *ast.CallExpr) Keeper {
	cur, ok := x.pkg.Cursor(call)
	if !ok {
		return NobodyKeeps
	}
	k := &keeping{x: x, seen: make(map[any]bool)}
	k.call(cur, false)
	return k.keeper
}

// A form is in which form a value is followed.
type form int

const (
	// bare: it is data but for a part that goes on, as the body of a response.
	bare form = iota
	// itself: it is what the call has opened.
	itself
	// inside: it is in something that was made around it.
	inside
)

// A keeping follows one value to who keeps it.
type keeping struct {
	x      *Index
	keeper Keeper
	seen   map[any]bool
}

func (k *keeping) note(by Keeper) { k.keeper = max(k.keeper, by) }

// call follows the results of a call. With around, the call was given what is
// followed, and what it returns may have been made around it: a decoder of a
// body, a scanner of a file.
func (k *keeping) call(cur inspector.Cursor, around bool) {
	t := k.x.pkg.Info.TypeOf(cur.Node().(ast.Expr))
	tuple, ok := t.(*types.Tuple)
	if !ok {
		tuple = types.NewTuple(types.NewVar(token.NoPos, nil, "", t))
	}
	for i := range tuple.Len() {
		switch opened, part := opens(tuple.At(i).Type()); {
		case opened && around:
			k.value(cur, i, inside)
		case opened:
			k.value(cur, i, itself)
		case part && !around:
			k.value(cur, i, bare)
		}
	}
}

// value follows one result of the expression at cur.
func (k *keeping) value(cur inspector.Cursor, result int, as form) {
	for cur.ParentEdgeKind() == edge.ParenExpr_X {
		cur = cur.Parent()
	}
	info, parent := k.x.pkg.Info, cur.Parent()
	switch cur.ParentEdgeKind() {
	case edge.UnaryExpr_X, edge.StarExpr_X, edge.TypeAssertExpr_X:
		k.value(parent, 0, as)
	case edge.KeyValueExpr_Value:
		k.value(parent.Parent(), 0, inside)
	case edge.CompositeLit_Elts:
		k.value(parent, 0, inside)
	case edge.ReturnStmt_Results:
		if as == inside {
			k.note(CallerKeeps)
		}
	case edge.SendStmt_Value:
		k.into(parent.Node().(*ast.SendStmt).Chan)
	case edge.RangeStmt_X:
		stmt := parent.Node().(*ast.RangeStmt)
		for _, e := range [...]ast.Expr{stmt.Key, stmt.Value} {
			if e == nil {
				continue
			}
			if opened, _ := opens(info.TypeOf(e)); opened {
				k.assign(e, as)
			}
		}
	case edge.SelectorExpr_X:
		sel := parent.Node().(*ast.SelectorExpr)
		s := info.Selections[sel]
		switch {
		case s == nil || parent.ParentEdgeKind() == edge.CallExpr_Fun:
		case s.Kind() == types.MethodVal:
			k.value(parent, 0, inside) // r.Close, to be called later
		default:
			if opened, _ := opens(s.Type()); opened {
				k.value(parent, 0, max(as, itself))
			}
		}
	case edge.CallExpr_Args:
		call := parent.Node().(*ast.CallExpr)
		if tv := info.Types[call.Fun]; tv.IsType() {
			k.value(parent, 0, as)
		} else if tv.IsBuiltin() {
			if _, slice := info.TypeOf(call).Underlying().(*types.Slice); slice {
				k.value(parent, 0, inside) // append
			}
		} else if as != bare {
			k.call(parent, true)
		}
	case edge.AssignStmt_Rhs:
		assign := parent.Node().(*ast.AssignStmt)
		i := cur.ParentEdgeIndex()
		if len(assign.Lhs) != len(assign.Rhs) {
			i = result
		}
		if i < len(assign.Lhs) {
			k.assign(assign.Lhs[i], as)
		}
	case edge.ValueSpec_Values:
		spec := parent.Node().(*ast.ValueSpec)
		i := cur.ParentEdgeIndex()
		if len(spec.Names) != len(spec.Values) {
			i = result
		}
		if i < len(spec.Names) {
			k.assign(spec.Names[i], as)
		}
	}
}

// assign follows a value into what it is assigned to.
func (k *keeping) assign(lhs ast.Expr, as form) {
	if id, ok := ast.Unparen(lhs).(*ast.Ident); ok {
		if v := k.x.pkg.VarOf(id); v != nil {
			k.variable(v, as)
		}
		return
	}
	k.into(lhs)
}

// into follows a value into a field, an element or a channel: of what is made
// here it goes where that goes.
func (k *keeping) into(holder ast.Expr) {
	if v, ok := k.x.root(holder).(*types.Var); ok && k.x.local(v) && !k.x.isParam(v) && k.x.madeHere(v) {
		k.variable(v, inside)
		return
	}
	k.note(OthersKeep)
}

// madeHere reports whether a local variable is only ever given values that the
// function itself makes: literals, or none at all.
func (x *Index) madeHere(v *types.Var) bool {
	rhs, _, ok := x.Flow.Single(v)
	if !ok {
		return false
	}
	if rhs == nil {
		return true // var v T
	}
	if u, ok := ast.Unparen(rhs).(*ast.UnaryExpr); ok && u.Op == token.AND {
		rhs = u.X
	}
	switch rhs := ast.Unparen(rhs).(type) {
	case *ast.CompositeLit:
		return true
	case *ast.CallExpr:
		return isBuiltin(x.pkg.Info, rhs) // new, make
	}
	return false
}

func (k *keeping) variable(v *types.Var, as form) {
	switch {
	case scope.Lasts(v):
		k.note(OthersKeep)
		return
	case v.Kind() == types.ResultVar && as == inside:
		k.note(CallerKeeps)
	}
	type key struct {
		v  *types.Var
		as form
	}
	if k.seen[key{v, as}] {
		return
	}
	k.seen[key{v, as}] = true
	owner := k.x.Flow.Owner(v)
	for _, cur := range k.x.pkg.Uses(v) {
		if cur.Node().Pos() == v.Pos() {
			continue
		}
		k.value(cur, 0, as)
		// A literal that has it in hand keeps it as long as it is kept itself.
		for f := k.x.pkg.Enclosing(cur); f != nil && f != owner && f.Outer != nil; f = f.Outer {
			if lit := f.Node; !k.seen[lit] {
				k.seen[lit] = true
				k.value(f.Cursor, 0, inside)
			}
		}
	}
}

// opens reports whether a value of the type goes on when the call that made
// it has returned: a function, a channel, something to read from, to close, to
// ask for the next. Part says that this is so of a field of it. Errors,
// contexts and spans are spoken of elsewhere.
func opens(t types.Type) (opened, part bool) {
	if t == nil || isErr(t) || ctxflow.Carries(t) || otelapi.IsSpan(t) {
		return false, false
	}
	switch t.Underlying().(type) {
	case *types.Signature, *types.Chan:
		return true, false
	}
	if isStream(t) {
		return true, false
	}
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	s, ok := t.Underlying().(*types.Struct)
	if !ok {
		return false, false
	}
	for f := range s.Fields() {
		if f.Exported() && isStream(f.Type()) {
			return false, true
		}
	}
	return false, false
}

// isStream reports whether values of the type have to be closed, or give what
// they have piece by piece: the methods that Go's own readers, rows, scanners,
// decoders and streams have, whose names are their protocol.
func isStream(t types.Type) bool {
	if isErr(t) || ctxflow.Carries(t) || otelapi.IsSpan(t) {
		return false
	}
	for name, fits := range streamMethods {
		obj, _, _ := types.LookupFieldOrMethod(t, true, nil, name)
		if fn, ok := obj.(*types.Func); ok && fits(fn.Signature()) {
			return true
		}
	}
	return false
}

var streamMethods = map[string]func(*types.Signature) bool{
	"Close": closes,
	"Stop":  closes,
	"Read":  fails,
	"Recv":  fails,
	"Next":  yields,
	"Scan":  func(sig *types.Signature) bool { return sig.Params().Len() == 0 && yields(sig) },
	"Decode": func(sig *types.Signature) bool {
		return sig.Params().Len() == 1 && types.IsInterface(sig.Params().At(0).Type()) && fails(sig)
	},
}

// closes: Close(), Close() error, Close(ctx) error, Stop() bool.
func closes(sig *types.Signature) bool {
	n := sig.Params().Len()
	return (n == 0 || n == 1 && otelapi.IsContext(sig.Params().At(0).Type())) && (sig.Results().Len() == 0 || sig.Results().Len() == 1 && yields(sig))
}

// yields: the last result says whether there was one more.
func yields(sig *types.Signature) bool {
	n := sig.Results().Len()
	if n == 0 {
		return false
	}
	b, ok := sig.Results().At(n - 1).Type().Underlying().(*types.Basic)
	return fails(sig) || ok && b.Info()&types.IsBoolean != 0
}
