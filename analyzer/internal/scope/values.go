package scope

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"
)

// A Target is a function that a function value can be.
type Target struct {
	// Func is the function; nil if it is declared in another package.
	Func *Func
	// Obj is the declared function, nil for literals.
	Obj *types.Func
	// Recv is the receiver of a method value.
	Recv ast.Expr
}

// Targets returns the functions that an expression of function type can
// denote outside tests, and whether these are all of them.
//
// It follows variables, and above all fields, that are only ever given
// literals and functions by name, through constructors and other functions
// whose calls are in view. What other packages can assign is never complete.
// A nil function is no target: nobody calls it twice.
func (p *Package) Targets(e ast.Expr) (targets []Target, complete bool) {
	return p.targets(e, 0)
}

// maxValueDepth bounds the assignments between a function and its call.
const maxValueDepth = 6

func (p *Package) targets(e ast.Expr, depth int) ([]Target, bool) {
	if depth > maxValueDepth {
		return nil, false
	}
	e = ast.Unparen(e)
	if p.Info.Types[e].IsNil() {
		return nil, true
	}
	switch e := e.(type) {
	case *ast.FuncLit:
		f := p.byNode[e]
		return []Target{{Func: f}}, f != nil
	case *ast.Ident:
		switch obj := p.Info.ObjectOf(e).(type) {
		case *types.Func:
			return []Target{{Func: p.Decl(obj), Obj: obj.Origin()}}, true
		case *types.Var:
			return p.varTargets(obj)
		}
	case *ast.SelectorExpr:
		s := p.Info.Selections[e]
		switch obj := p.Info.ObjectOf(e.Sel).(type) {
		case *types.Func:
			if s != nil && (s.Kind() != types.MethodVal || types.IsInterface(s.Recv())) {
				return nil, false // the parameters are others, or the function is any
			}
			t := Target{Func: p.Decl(obj), Obj: obj.Origin()}
			if s != nil {
				t.Recv = e.X
			}
			return []Target{t}, true
		case *types.Var:
			return p.varTargets(obj)
		}
	case *ast.IndexExpr:
		if p.Info.Types[e.Index].IsType() {
			return p.targets(e.X, depth)
		}
	case *ast.IndexListExpr:
		return p.targets(e.X, depth)
	case *ast.CallExpr:
		if p.Info.Types[e.Fun].IsType() && len(e.Args) == 1 {
			return p.targets(e.Args[0], depth)
		}
		return p.madeBy(e, depth)
	}
	return nil, false
}

// madeBy returns what a function of this package returns, as its only result.
func (p *Package) madeBy(call *ast.CallExpr, depth int) ([]Target, bool) {
	f := p.Decl(p.Callee(call))
	if f == nil || f.Sig.Results().Len() != 1 || f.Sig.Results().At(0).Name() != "" {
		return nil, false
	}
	var out []Target
	for _, ret := range f.Graph().Exits() {
		if len(ret.Results) != 1 {
			return out, false
		}
		targets, complete := p.targets(ret.Results[0], depth+1)
		out = append(out, targets...)
		if !complete {
			return out, false
		}
	}
	return out, len(out) > 0
}

type targetsKey struct{ v *types.Var }

type knownTargets struct {
	targets  []Target
	complete bool
	busy     bool
}

func (p *Package) varTargets(v *types.Var) ([]Target, bool) {
	v = v.Origin()
	if _, ok := v.Type().Underlying().(*types.Signature); !ok {
		return nil, false
	}
	known := p.Memo(targetsKey{v}, func() any { return &knownTargets{busy: true} }).(*knownTargets)
	if !known.busy {
		return known.targets, known.complete
	}
	if known.targets != nil || known.complete {
		return nil, true // being looked at: a variable that is given itself
	}
	known.complete = true
	values, complete := p.Values(v)
	var targets []Target
	for _, e := range values {
		more, all := p.targets(e, 0) // the answer must not depend on who asks first
		complete = complete && all
		for _, t := range more {
			if !slices.ContainsFunc(targets, func(u Target) bool { return u.Func == t.Func && u.Obj == t.Obj }) {
				targets = append(targets, t)
			}
		}
	}
	*known = knownTargets{targets: targets, complete: complete && len(targets) > 0}
	return known.targets, known.complete
}

// Values returns the expressions that are assigned to a variable or field
// outside tests, and whether these are all: not if other packages can assign
// it, or its address is taken.
func (p *Package) Values(v *types.Var) (values []ast.Expr, complete bool) {
	v = v.Origin()
	if v.Pkg() != p.Types {
		return nil, false
	}
	complete = true
	shared := v.IsField() || v.Parent() == p.Types.Scope()
	if shared && v.Exported() && p.Types.Name() != "main" {
		complete = false
	}
	declared := false
	for _, cur := range p.Uses(v) {
		if p.InTestFile(cur.Node()) {
			continue
		}
		if cur.ParentEdgeKind() == edge.SelectorExpr_Sel {
			cur = cur.Parent()
		}
		for cur.ParentEdgeKind() == edge.ParenExpr_X {
			cur = cur.Parent()
		}
		i := cur.ParentEdgeIndex()
		switch cur.ParentEdgeKind() {
		case edge.Field_Names:
			declared = true
			if !v.IsField() {
				given, all := p.given(v, cur)
				values, complete = append(values, given...), complete && all
			}
		case edge.ValueSpec_Names:
			declared = true
			switch spec := cur.Parent().Node().(*ast.ValueSpec); {
			case len(spec.Values) == 0:
			case len(spec.Values) == len(spec.Names):
				values = append(values, spec.Values[i])
			default:
				complete = false
			}
		case edge.AssignStmt_Lhs:
			assign := cur.Parent().Node().(*ast.AssignStmt)
			declared = declared || assign.Tok == token.DEFINE
			if len(assign.Lhs) == len(assign.Rhs) && (assign.Tok == token.ASSIGN || assign.Tok == token.DEFINE) {
				values = append(values, assign.Rhs[i])
			} else {
				complete = false
			}
		case edge.KeyValueExpr_Key:
			if v.IsField() {
				values = append(values, cur.Parent().Node().(*ast.KeyValueExpr).Value)
			}
		case edge.UnaryExpr_X:
			if cur.Parent().Node().(*ast.UnaryExpr).Op == token.AND {
				complete = false
			}
		case edge.RangeStmt_Key, edge.RangeStmt_Value:
			complete = false
		}
	}
	if v.IsField() {
		values = append(values, p.unkeyed()[v]...)
	}
	return values, complete && declared
}

// given returns what a parameter is given by the calls of its function. Only
// a function that is not exported, and only ever called, has all its calls in
// view.
func (p *Package) given(v *types.Var, cur inspector.Cursor) ([]ast.Expr, bool) {
	f := p.Enclosing(cur)
	if f == nil || f.Obj == nil || f.Obj.Exported() && p.Types.Name() != "main" {
		return nil, false
	}
	slot, ok := f.SlotOf(v)
	if !ok || slot == Receiver || f.Sig.Variadic() && slot == f.Sig.Params().Len()-1 {
		return nil, false
	}
	var out []ast.Expr
	for _, use := range p.Uses(f.Obj) {
		if p.InTestFile(use.Node()) || p.Info.Defs[use.Node().(*ast.Ident)] != nil {
			continue
		}
		if use.ParentEdgeKind() == edge.SelectorExpr_Sel {
			use = use.Parent()
		}
		if k := use.ParentEdgeKind(); k == edge.IndexExpr_X || k == edge.IndexListExpr_X {
			use = use.Parent()
		}
		if use.ParentEdgeKind() != edge.CallExpr_Fun {
			return out, false
		}
		call := use.Parent().Node().(*ast.CallExpr)
		if slot >= len(call.Args) {
			return out, false // f(g())
		}
		out = append(out, call.Args[slot])
	}
	return out, len(out) > 0
}

// unkeyed returns the elements of struct literals without keys, by field.
func (p *Package) unkeyed() map[*types.Var][]ast.Expr {
	type key struct{}
	return p.Memo(key{}, func() any {
		out := make(map[*types.Var][]ast.Expr)
		for cur := range p.root.Preorder((*ast.CompositeLit)(nil)) {
			lit := cur.Node().(*ast.CompositeLit)
			t := p.Info.TypeOf(lit)
			if t == nil || len(lit.Elts) == 0 || p.InTestFile(lit) {
				continue
			}
			if ptr, ok := t.Underlying().(*types.Pointer); ok {
				t = ptr.Elem()
			}
			st, ok := t.Underlying().(*types.Struct)
			if !ok {
				continue
			}
			for i, elt := range lit.Elts {
				if _, keyed := elt.(*ast.KeyValueExpr); keyed || i >= st.NumFields() {
					break
				}
				f := st.Field(i).Origin()
				out[f] = append(out[f], elt)
			}
		}
		return out
	}).(map[*types.Var][]ast.Expr)
}

// Holders returns the variables and fields of this package that can hold f,
// in source order: who calls one of them may call f.
func (p *Package) Holders(f *Func) []*types.Var {
	type key struct{}
	holders := p.Memo(key{}, func() any {
		var vars []*types.Var
		for obj := range p.uses {
			v, ok := obj.(*types.Var)
			if !ok || v.Pkg() != p.Types {
				continue
			}
			if _, ok := v.Type().Underlying().(*types.Signature); ok {
				vars = append(vars, v)
			}
		}
		slices.SortFunc(vars, func(a, b *types.Var) int { return cmp.Compare(a.Pos(), b.Pos()) })
		holders := make(map[*Func][]*types.Var)
		for _, v := range vars {
			targets, _ := p.varTargets(v)
			for _, t := range targets {
				if t.Func != nil {
					holders[t.Func] = append(holders[t.Func], v)
				}
			}
		}
		return holders
	}).(map[*Func][]*types.Var)
	return holders[f]
}
