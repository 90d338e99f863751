package queue

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
	"github.com/spanlint/spanlint/analyzer/internal/summary"
)

// known are the clients of the tables: summaries know nothing of what a user
// declares about others.
var known = new(otelapi.Queues)

// Contribute says which parameters of f are messages that it sends as they
// are, or bodies that it sends without headers.
func Contribute(t *summary.Table, f *scope.Func, sum *summary.Func) {
	if f.Obj == nil {
		return
	}
	for i := range f.Sig.Params().Len() {
		if p := f.Sig.Params().At(i); !(f.Sig.Variadic() && i == f.Sig.Params().Len()-1) {
			sum.Slots[i+1].Sent, sum.Slots[i+1].Bare = forwarded(t, p), bare(t, p)
		}
	}
}

// bare reports whether what a variable has is the body of a message that is
// sent without headers, and nothing else: put into a message as well, or into
// another body, it may be sent with a trace.
func bare(t *summary.Table, v *types.Var) bool {
	if v.Name() == "" || v.Name() == "_" || otelapi.IsContext(v.Type()) {
		return false
	}
	sent := false
	for _, cur := range t.Pkg.Uses(v) {
		switch cur.ParentEdgeKind() {
		case edge.Field_Names:
			continue
		case edge.CallExpr_Args:
			call := cur.Parent().Node().(*ast.CallExpr)
			if p, ok := publishOf(t, known, call, cur.ParentEdgeIndex()); ok && p.Bare {
				sent = true
				continue
			}
			if id, ok := ast.Unparen(call.Fun).(*ast.Ident); ok && id.Name == "len" && t.Pkg.Info.ObjectOf(id) == types.Universe.Lookup("len") {
				continue
			}
		}
		return false
	}
	return sent
}

// forwarded reports whether a message in a variable is sent, and nobody can
// have put something into it before that: it is only read, or passed to what
// sends it.
func forwarded(t *summary.Table, v *types.Var) bool {
	of, _, ok := known.MessageOf(v.Type())
	if !ok || of.Field == "" || v.Name() == "" || v.Name() == "_" {
		return false
	}
	sent := false
	for _, cur := range t.Pkg.Uses(v) {
		switch reads, sends := messageUse(t, cur, of.Field); {
		case sends:
			sent = true
		case !reads:
			return false
		}
	}
	return sent
}

// messageUse says what one use of a variable does to the message in it: it
// reads from it, but for its headers, or sends it.
func messageUse(t *summary.Table, cur inspector.Cursor, field string) (reads, sends bool) {
	if cur.ParentEdgeKind() == edge.UnaryExpr_X && cur.Parent().Node().(*ast.UnaryExpr).Op == token.AND {
		cur = cur.Parent()
	}
	switch cur.ParentEdgeKind() {
	case edge.Field_Names:
		return true, false
	case edge.SelectorExpr_X:
		sel := cur.Parent()
		if sel.Node().(*ast.SelectorExpr).Sel.Name == field || sel.ParentEdgeKind() == edge.CallExpr_Fun {
			return false, false // its headers, or a method that may set them
		}
		return true, false
	case edge.CallExpr_Args:
		call := cur.Parent().Node().(*ast.CallExpr)
		_, ok := publishOf(t, known, call, cur.ParentEdgeIndex())
		return ok, ok
	case edge.SendStmt_Value:
		channel, ok := ast.Unparen(cur.Parent().Node().(*ast.SendStmt).Chan).(*ast.CallExpr)
		ok = ok && otelapi.IsInlet(t.Pkg.Callee(channel))
		return ok, ok
	}
	return false, false
}

// publishOf returns what is known about a call that sends the message in an
// argument: of a client, or of a function that does nothing else with it.
func publishOf(t *summary.Table, queues *otelapi.Queues, call *ast.CallExpr, arg int) (otelapi.Publish, bool) {
	fn := t.Pkg.Callee(call)
	if p, ok := queues.PublishOf(fn); ok {
		return p, arg == p.Arg || arg > p.Arg && fn.Signature().Variadic()
	}
	sum := t.Callee(fn)
	if sum == nil {
		return otelapi.Publish{}, false
	}
	slot := sum.SlotAt(arg)
	return otelapi.Publish{Arg: arg, Bare: slot.Bare}, slot.Sent || slot.Bare
}

// publishing returns what a call sends, if that is known.
func (x *Index) publishing(call *ast.CallExpr) (otelapi.Publish, bool) {
	if p, ok := x.queues.PublishOf(x.pkg.Callee(call)); ok {
		return p, true
	}
	for i := range call.Args {
		if p, ok := publishOf(x.table, x.queues, call, i); ok {
			return p, true
		}
	}
	return otelapi.Publish{}, false
}
