package queue

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
	"github.com/spanlint/spanlint/analyzer/internal/spans"
	"github.com/spanlint/spanlint/analyzer/internal/summary"
)

// A Publish is a message that is sent without a trace, below a span.
type Publish struct {
	// Node is what sends: a call, or a send statement.
	Node ast.Node
	// By is the function that sends, or that returns the channel.
	By   ast.Expr
	Func *scope.Func
	// Message is the message where it is passed, Literal where it is made. Many
	// says that it is a slice of messages.
	Message, Literal ast.Expr
	Many             bool
	// Of is what is known about such messages, and Package where they are from.
	Of      otelapi.Message
	Package *types.Package
	Bare    bool
	// Span is the span that is open. Kindless says that it has no kind and does
	// nothing else.
	Span     *spans.Start
	Kindless bool
}

// Untraced returns the messages that f sends below a span of its own and
// that, as far as can be seen, carry no trace.
func (x *Index) Untraced(f *scope.Func) []Publish {
	var out []Publish
	ast.Inspect(f.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.CallExpr:
			if def, ok := x.publishing(n); ok {
				out = append(out, x.untracedCall(f, n, def)...)
			}
		case *ast.SendStmt:
			if by, ok := x.sendsFrom(n.Chan, f); ok {
				out = append(out, x.untraced(Publish{Node: n, By: by, Func: f, Message: n.Value})...)
			}
		}
		return true
	})
	return out
}

// sendsFrom returns the function that has returned the channel, if what goes
// there is sent by a client.
func (x *Index) sendsFrom(channel ast.Expr, f *scope.Func) (ast.Expr, bool) {
	channel = ast.Unparen(channel)
	if v := x.pkg.VarOf(channel); v != nil && !v.IsField() && f.Owns(v) {
		if rhs, _, ok := x.flow.Single(v); ok {
			channel = ast.Unparen(rhs)
		}
	}
	c, ok := channel.(*ast.CallExpr)
	if !ok || !otelapi.IsInlet(x.pkg.Callee(c)) {
		return nil, false
	}
	return c.Fun, true
}

func (x *Index) untracedCall(f *scope.Func, c *ast.CallExpr, def otelapi.Publish) []Publish {
	if len(c.Args) <= def.Arg {
		return nil
	}
	p := Publish{Node: c, By: c.Fun, Func: f, Message: c.Args[def.Arg]}
	if def.Bare {
		// There are no headers to look at. Whoever says that the span is a
		// producer's means the trace to go on.
		s := x.openAt(f, c)
		if s == nil {
			return nil
		}
		if kind, ok := x.Kind(s); !ok || kind != "Producer" || x.carriesItself(p.Message) {
			return nil
		}
		p.Bare, p.Span = true, s
		return []Publish{p}
	}
	if def.In != "" {
		if p.Message = x.fieldOf(p.Message, def.In, f); p.Message == nil {
			return nil
		}
	} else if fn := x.pkg.Callee(c); fn != nil && !c.Ellipsis.IsValid() && fn.Signature().Variadic() && def.Arg == fn.Signature().Params().Len()-1 && len(c.Args) > def.Arg+1 {
		// Several messages, one by one. They are alike, or somebody else fills
		// some of them: one that may have headers speaks for all.
		for _, arg := range c.Args[def.Arg:] {
			if len(x.untraced(Publish{Node: c, By: c.Fun, Func: f, Message: arg})) == 0 {
				return nil
			}
		}
		of := x.untraced(p)[0]
		of.Literal = nil // there is no one place for a repair
		return []Publish{of}
	}
	return x.untraced(p)
}

// fieldOf returns what a literal that is passed has in a field.
func (x *Index) fieldOf(e ast.Expr, name string, f *scope.Func) ast.Expr {
	if v := x.pkg.VarOf(e); v != nil && !v.IsField() && f.Owns(v) && len(x.pkg.Uses(v)) == 2 {
		if rhs, in, ok := x.flow.Single(v); ok && in == f {
			e = rhs
		}
	}
	if u, ok := ast.Unparen(e).(*ast.UnaryExpr); ok && u.Op == token.AND {
		e = u.X
	}
	lit, ok := ast.Unparen(e).(*ast.CompositeLit)
	if !ok {
		return nil
	}
	for _, elt := range lit.Elts {
		if kv, ok := elt.(*ast.KeyValueExpr); ok {
			if key, ok := kv.Key.(*ast.Ident); ok && key.Name == name {
				return kv.Value
			}
		}
	}
	return nil
}

// untraced completes what is known of a message that is sent, if it has no
// headers and a span is open.
func (x *Index) untraced(p Publish) []Publish {
	s := x.openAt(p.Func, p.Node)
	if s == nil {
		return nil // nothing to be carried on
	}
	t := x.pkg.Info.TypeOf(p.Message)
	if t == nil {
		return nil
	}
	if list, ok := t.Underlying().(*types.Slice); ok {
		t, p.Many = list.Elem(), true
	}
	var ok bool
	if p.Of, p.Package, ok = x.queues.MessageOf(t); !ok || p.Of.Field == "" {
		return nil
	}
	p.Span = s
	if !p.Many && x.givenPlain(p.Message, p.Func) {
		if kind, ok := x.Kind(s); ok && kind == "Producer" {
			return []Publish{p} // made by a caller: a repair would be there
		}
		return nil
	}
	if p.Many {
		p.Literal, ok = x.plainList(p.Message, p.Of.Field, p.Func)
	} else {
		p.Literal, ok = x.plain(p.Message, p.Of.Field, p.Func, nil)
	}
	if !ok {
		return nil
	}
	kind, known := x.Kind(s)
	_, _, only := x.onlyPublishes(s, p.Func)
	p.Kindless = known && kind == "" && only
	return []Publish{p}
}

// plain returns where a message is made that has no headers when it is passed,
// or put into a list.
func (x *Index) plain(e ast.Expr, field string, f *scope.Func, list *types.Var) (ast.Expr, bool) {
	if x.bareLiteral(e, field) {
		return e, true
	}
	v := x.pkg.VarOf(e)
	if v == nil || v.IsField() || !f.Owns(v) {
		return nil, false
	}
	rhs, in, ok := x.flow.Single(v)
	if !ok || in != f || !x.bareLiteral(rhs, field) {
		return nil, false
	}
	for _, cur := range x.pkg.Uses(v) {
		switch cur.ParentEdgeKind() {
		case edge.AssignStmt_Lhs, edge.ValueSpec_Names:
			continue
		case edge.AssignStmt_Rhs:
			// msgs[i] = msg
			a := cur.Parent().Node().(*ast.AssignStmt)
			if ix, ok := ast.Unparen(a.Lhs[0]).(*ast.IndexExpr); ok && list != nil && len(a.Lhs) == 1 && x.pkg.VarOf(ix.X) == list {
				continue
			}
		case edge.SendStmt_Value:
			if _, ok := x.sendsFrom(cur.Parent().Node().(*ast.SendStmt).Chan, f); ok {
				continue
			}
		case edge.SelectorExpr_X:
			sel := cur.Parent()
			if sel.Node().(*ast.SelectorExpr).Sel.Name == field || sel.ParentEdgeKind() == edge.CallExpr_Fun {
				return nil, false // its headers, or a method that may set them
			}
			continue
		case edge.CallExpr_Args:
			c := cur.Parent().Node().(*ast.CallExpr)
			if _, ok := publishOf(x.table, x.queues, c, cur.ParentEdgeIndex()); ok {
				continue
			}
			if list != nil && x.isBuiltin(c, "append") && x.pkg.VarOf(c.Args[0]) == list {
				continue
			}
		}
		return nil, false // somebody else may set them
	}
	return rhs, true
}

// plainList returns where a list of messages is made, all of which are plain
// when it is passed.
func (x *Index) plainList(e ast.Expr, field string, f *scope.Func) (ast.Expr, bool) {
	if x.plainElements(e, field, f, nil) {
		return e, true
	}
	v := x.pkg.VarOf(e)
	if v == nil || v.IsField() || !f.Owns(v) {
		return nil, false
	}
	if _, param := f.SlotOf(v); param {
		return nil, false
	}
	filled := false
	for _, cur := range x.pkg.Uses(v) {
		switch cur.ParentEdgeKind() {
		case edge.ValueSpec_Names:
			for _, value := range cur.Parent().Node().(*ast.ValueSpec).Values {
				if filled = true; !x.plainElements(value, field, f, v) {
					return nil, false
				}
			}
			continue
		case edge.AssignStmt_Lhs:
			a := cur.Parent().Node().(*ast.AssignStmt)
			if len(a.Lhs) != 1 || len(a.Rhs) != 1 || !x.plainElements(a.Rhs[0], field, f, v) {
				return nil, false
			}
			filled = true
			continue
		case edge.IndexExpr_X:
			if filled = true; !x.plainElement(cur.Parent(), field, f, v) {
				return nil, false
			}
			continue
		case edge.RangeStmt_X:
			if r := cur.Parent().Node().(*ast.RangeStmt); r.Value == nil {
				continue
			}
		case edge.KeyValueExpr_Value:
			if cur.Node() == ast.Unparen(e) {
				continue // the field that is sent
			}
		case edge.CallExpr_Args:
			c := cur.Parent().Node().(*ast.CallExpr)
			if _, ok := x.queues.PublishOf(x.pkg.Callee(c)); ok || x.isBuiltin(c, "append") || x.isBuiltin(c, "len") || x.isBuiltin(c, "cap") {
				continue
			}
		}
		return nil, false
	}
	return e, filled
}

// plainElements reports whether the messages in what is assigned to a list are
// plain.
func (x *Index) plainElements(e ast.Expr, field string, f *scope.Func, list *types.Var) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.CompositeLit:
		if _, ok := scope.Underlying(x.pkg.Info, e).(*types.Slice); !ok || len(e.Elts) == 0 && list == nil {
			return false
		}
		for _, elt := range e.Elts {
			if _, ok := x.plain(elt, field, f, list); !ok {
				return false
			}
		}
		return true
	case *ast.CallExpr:
		if x.isBuiltin(e, "make") {
			return true
		}
		if x.pkg.Info.Types[e.Fun].IsType() && len(e.Args) == 1 {
			return x.plainElements(e.Args[0], field, f, list)
		}
		if !x.isBuiltin(e, "append") || e.Ellipsis.IsValid() || list == nil || x.pkg.VarOf(e.Args[0]) != list {
			return false
		}
		for _, elt := range e.Args[1:] {
			if _, ok := x.plain(elt, field, f, list); !ok {
				return false
			}
		}
		return true
	case *ast.Ident:
		return e.Name == "nil"
	case *ast.SliceExpr:
		return list != nil && x.pkg.VarOf(e.X) == list // msgs = msgs[:0]
	}
	return false
}

// plainElement reports whether msgs[i] is used for nothing that could give it
// headers.
func (x *Index) plainElement(cur inspector.Cursor, field string, f *scope.Func, list *types.Var) bool {
	switch cur.ParentEdgeKind() {
	case edge.AssignStmt_Lhs:
		a := cur.Parent().Node().(*ast.AssignStmt)
		if len(a.Lhs) != 1 || len(a.Rhs) != 1 {
			return false
		}
		_, ok := x.plain(a.Rhs[0], field, f, list)
		return ok
	case edge.SelectorExpr_X:
		sel := cur.Parent()
		return sel.Node().(*ast.SelectorExpr).Sel.Name != field && sel.ParentEdgeKind() != edge.CallExpr_Fun
	}
	return false
}

func (x *Index) isBuiltin(c *ast.CallExpr, name string) bool {
	id, ok := ast.Unparen(c.Fun).(*ast.Ident)
	if !ok || id.Name != name {
		return false
	}
	_, ok = x.pkg.Info.ObjectOf(id).(*types.Builtin)
	return ok
}

// makesBare reports whether a function of the program's own makes a message that
// can carry no trace: it is given no context, nothing that headers could be
// taken from, and nothing that could know either.
func (x *Index) makesBare(call *ast.CallExpr, fn *types.Func) bool {
	sum := x.table.Callee(fn)
	if sum == nil || sum.Setup.Does&(summary.Injects|summary.Extracts) != 0 {
		return false // not in view, or it takes the trace from elsewhere
	}
	for _, arg := range call.Args {
		if mayCarry(x.pkg.Info.TypeOf(arg), 0) {
			return false
		}
	}
	return true
}

// mayCarry reports whether headers could be taken from a value of the type: it
// has a trace, it is a map, or nobody knows what is in it.
func mayCarry(t types.Type, depth int) bool {
	if t == nil || depth > 3 || otelapi.HasTrace(t) {
		return true
	}
	if named, ok := types.Unalias(t).(*types.Named); ok && named.Obj().Pkg() != nil && named.Obj().Pkg().Path() == "time" {
		return false
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return false
	case *types.Pointer:
		return mayCarry(u.Elem(), depth+1)
	case *types.Slice:
		return mayCarry(u.Elem(), depth+1)
	case *types.Array:
		return mayCarry(u.Elem(), depth+1)
	case *types.Struct:
		for i := range u.NumFields() {
			if mayCarry(u.Field(i).Type(), depth+1) {
				return true
			}
		}
		return false
	}
	return true
}

// first returns the type of the first result of a call.
func first(t types.Type) types.Type {
	if tuple, ok := t.(*types.Tuple); ok && tuple.Len() > 0 {
		return tuple.At(0).Type()
	}
	return t
}

// bareLiteral reports whether an expression makes a message, and sets no
// headers: a literal, or a constructor that is given none.
func (x *Index) bareLiteral(e ast.Expr, field string) bool {
	e = ast.Unparen(e)
	if u, ok := e.(*ast.UnaryExpr); ok && u.Op == token.AND {
		e = ast.Unparen(u.X)
	}
	switch e := e.(type) {
	case *ast.CompositeLit:
		if _, _, ok := x.queues.MessageOf(x.pkg.Info.TypeOf(e)); !ok {
			return false
		}
		for _, elt := range e.Elts {
			kv, ok := elt.(*ast.KeyValueExpr)
			if !ok {
				return false
			}
			if key, ok := kv.Key.(*ast.Ident); !ok || key.Name == field {
				return false
			}
		}
		return true
	case *ast.CallExpr:
		if x.isBuiltin(e, "new") {
			_, _, ok := x.queues.MessageOf(x.pkg.Info.TypeOf(e))
			return ok
		}
		fn := x.pkg.Callee(e)
		_, pkg, ok := x.queues.MessageOf(first(x.pkg.Info.TypeOf(e)))
		if !ok || fn == nil || fn.Signature().Recv() != nil {
			return false
		}
		if fn.Pkg() != pkg {
			return x.makesBare(e, fn)
		}
		for _, arg := range e.Args {
			switch scope.Underlying(x.pkg.Info, arg).(type) {
			case *types.Map, *types.Struct, *types.Interface:
				return false
			}
		}
		return true
	}
	return false
}
