package launch

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/spanlint/spanlint/analyzer/internal/ctxflow"
	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
	"github.com/spanlint/spanlint/analyzer/internal/summary"
)

// Effort is what launched work does that somebody would miss.
type Effort int

const (
	// Trivial: it stays in memory, logs or measures.
	Trivial Effort = iota
	// DoesIO: it calls something that reaches a disk, a network, another
	// process, or may do so.
	DoesIO
	// TakesContext: it works with a context.
	TakesContext
)

// Effort returns what the work does.
func (l *Launch) Effort() Effort {
	for _, u := range l.Uses() {
		if u.Does&(summary.Works|summary.Outlives|summary.Detaches) != 0 {
			return TakesContext
		}
	}
	x := l.index
	switch {
	case l.Body != nil:
		return x.effort(l.Body, 0, make(map[*scope.Func]bool))
	case l.Call != nil && l.Kind == Go && x.reaches(l.Call):
		return DoesIO
	}
	return Trivial
}

// effort returns what the calls that run as part of f do.
func (x *Index) effort(f *scope.Func, depth int, seen map[*scope.Func]bool) Effort {
	if seen[f] || depth > maxHelpers {
		return Trivial
	}
	seen[f] = true
	most := Trivial
	x.eachRun(f, func(n ast.Node) {
		call, ok := n.(*ast.CallExpr)
		if !ok || most == TakesContext {
			return
		}
		if x.givesContext(call) {
			most = TakesContext
		} else if callee := x.pkg.Decl(x.pkg.Callee(call)); callee != nil {
			most = max(most, x.effort(callee, depth+1, seen))
		} else if x.reaches(call) {
			most = max(most, DoesIO)
		}
	})
	return most
}

// givesContext reports whether a call works with a context it is given,
// wherever that comes from.
func (x *Index) givesContext(call *ast.CallExpr) bool {
	if tv, ok := x.pkg.Info.Types[call.Fun]; ok && (tv.IsType() || tv.IsBuiltin()) {
		return false
	}
	callee := x.pkg.Callee(call)
	for slot, arg := range call.Args {
		if t := x.pkg.Info.TypeOf(arg); t == nil || !ctxflow.Carries(t) {
			continue
		}
		if does, _ := x.does(call, callee, slot); does&(summary.Works|summary.Outlives|summary.Detaches) != 0 {
			return true
		}
	}
	return false
}

// maxHelpers bounds how many helpers deep I/O is looked for.
const maxHelpers = 3

// reaches reports whether a call of something whose body is not in view may do
// I/O: by the table for the standard library; elsewhere a call that is given
// something and can fail.
func (x *Index) reaches(call *ast.CallExpr) bool {
	fn := x.pkg.Callee(call)
	if fn == nil || fn.Pkg() == nil || otelapi.ReadsOnly(fn) {
		return false
	}
	if isStd(fn.Pkg().Path()) {
		return otelapi.Sends(fn) || otelapi.Performs(fn)
	}
	sig := fn.Signature()
	if sig.Params().Len() == 0 {
		return false
	}
	if recv := sig.Recv(); recv == nil {
		return false // parse, format, convert
	}
	last := sig.Results().Len() - 1
	return last >= 0 && types.Identical(sig.Results().At(last).Type(), types.Universe.Lookup("error").Type())
}

// isStd reports whether an import path is one of the standard library: its
// first element has no dot.
func isStd(path string) bool {
	for i := range len(path) {
		switch path[i] {
		case '.':
			return false
		case '/':
			return stdRoots[path[:i]]
		}
	}
	return stdRoots[path]
}

var stdRoots = map[string]bool{
	"archive": true, "bufio": true, "bytes": true, "cmp": true, "compress": true, "container": true, "context": true,
	"crypto": true, "database": true, "debug": true, "embed": true, "encoding": true, "errors": true, "expvar": true,
	"flag": true, "fmt": true, "go": true, "hash": true, "html": true, "image": true, "index": true, "io": true,
	"iter": true, "log": true, "maps": true, "math": true, "mime": true, "net": true, "os": true, "path": true,
	"plugin": true, "reflect": true, "regexp": true, "runtime": true, "slices": true, "sort": true, "strconv": true,
	"strings": true, "structs": true, "sync": true, "syscall": true, "testing": true, "text": true, "time": true,
	"unicode": true, "unique": true, "unsafe": true, "weak": true,
}

// Pumps reports whether the work copies one stream to another, or drains a
// channel that others fill: it ends when they close it.
func (l *Launch) Pumps() bool {
	x := l.index
	if l.Body == nil {
		return l.Kind == Go && slices.ContainsFunc(l.Call.Args, l.putAway)
	}
	found := false
	x.eachRun(l.Body, func(n ast.Node) {
		switch n := n.(type) {
		case *ast.CallExpr:
			if fn := x.pkg.Callee(n); fn != nil {
				found = found || otelapi.Pumps(fn)
			}
		case *ast.RangeStmt:
			t := x.pkg.Info.TypeOf(n.X)
			if t == nil {
				return
			}
			if _, ok := t.Underlying().(*types.Chan); ok {
				found = found || !l.made(n.X) || l.putAway(n.X)
			}
		}
	})
	return found
}

// putAway reports whether the launching function puts a channel that the work
// is given where others find it, and close it: into a field, or an element of
// one.
func (l *Launch) putAway(ch ast.Expr) bool {
	x := l.index
	v := x.pkg.VarOf(ch)
	if l.Env != nil {
		if b, ok := l.Env.Bound[v]; ok {
			v = x.pkg.VarOf(b.Expr)
		}
	}
	return v != nil && chanOf(v.Type()) != nil && slices.ContainsFunc(x.holdersOf(v), func(h *types.Var) bool { return !x.local(h) })
}

// made reports whether the launching function, or the work, makes a channel.
func (l *Launch) made(ch ast.Expr) bool {
	x := l.index
	v := x.pkg.VarOf(ch)
	if b, ok := l.Env.Bound[v]; ok {
		v = x.pkg.VarOf(b.Expr)
	}
	if v == nil || v.IsField() {
		return false
	}
	rhs, _, ok := x.Flow.Single(v)
	if !ok {
		return false
	}
	call, ok := ast.Unparen(rhs).(*ast.CallExpr)
	return ok && isBuiltin(x.pkg.Info, call)
}

// Given reports whether the work is a function that the launching function
// was given, or does nothing but call one: then its callers are who launches.
func (l *Launch) Given() bool {
	x := l.index
	if v := x.pkg.VarOf(l.Fn); v != nil && l.Body == nil && !v.IsField() {
		return x.isParam(v)
	}
	if l.Body == nil || l.Body.Obj != nil {
		return false
	}
	given, own := false, false
	x.eachRun(l.Body, func(n ast.Node) {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return
		}
		if v, ok := x.pkg.Info.ObjectOf(identOf(call.Fun)).(*types.Var); ok && x.isParam(v) && !x.within(l.Body, v) {
			given = true
		} else if x.reaches(call) || x.pkg.Decl(x.pkg.Callee(call)) != nil {
			own = true
		}
	})
	return given && !own
}

// DroppedDelay reports whether the launch is a timer that nobody can stop.
func (l *Launch) DroppedDelay() bool {
	cur, ok := l.index.pkg.Cursor(l.Node)
	if !ok {
		return false
	}
	stmt, ok := cur.Parent().Node().(ast.Stmt)
	if !ok {
		return false
	}
	switch stmt := stmt.(type) {
	case *ast.ExprStmt:
		return true
	case *ast.AssignStmt:
		id := identOf(stmt.Lhs[0])
		return stmt.Tok == token.ASSIGN && id != nil && id.Name == "_"
	}
	return false
}
