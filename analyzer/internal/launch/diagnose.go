package launch

import (
	"go/ast"
	"go/constant"
	"slices"
	"strings"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/spanlint/spanlint/analyzer/internal/scope"
)

// diagnoses reports whether f is a handler below /debug/, where net/http/pprof
// and expvar put theirs: somebody who operates the program has asked it for
// something, and wants it finished however long it takes and whoever hangs up.
func (x *Index) diagnoses(f *scope.Func) bool {
	if f.Obj == nil {
		return x.belowDebug(f.Cursor)
	}
	return slices.ContainsFunc(x.pkg.Uses(f.Obj), func(cur inspector.Cursor) bool {
		if cur.ParentEdgeKind() == edge.SelectorExpr_Sel {
			cur = cur.Parent()
		}
		return x.belowDebug(cur)
	})
}

// belowDebug reports whether a function is registered with such a pattern, as
// it stands or converted or wrapped by other calls.
func (x *Index) belowDebug(cur inspector.Cursor) bool {
	for cur.ParentEdgeKind() == edge.CallExpr_Args {
		call := cur.Parent().Node().(*ast.CallExpr)
		if cur.ParentEdgeIndex() > 0 && x.debugPattern(call.Args[0]) {
			return true
		}
		cur = cur.Parent()
	}
	return false
}

// debugPattern reports whether an expression is a constant pattern below
// /debug, with or without the method that http.ServeMux takes before it.
func (x *Index) debugPattern(e ast.Expr) bool {
	tv := x.pkg.Info.Types[e]
	if tv.Value == nil || tv.Value.Kind() != constant.String {
		return false
	}
	pattern := constant.StringVal(tv.Value)
	if _, after, ok := strings.Cut(pattern, " "); ok {
		pattern = strings.TrimLeft(after, " ")
	}
	return pattern == "/debug" || strings.HasPrefix(pattern, "/debug/")
}
