package setup

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/edge"

	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/path"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
	"github.com/spanlint/spanlint/analyzer/internal/summary"
)

// A Skip is an exit of the process past a stop that is deferred.
type Skip struct {
	Exit
	Past Deferred
	// Startup says that the program is still being set up: no span that
	// matters can have ended.
	Startup bool
	// Called says that the exit stands in a function that is called after the
	// stop was deferred.
	Called bool
}

// Skips returns the exits of f, of the goroutines it launches and of the
// functions of the package it calls, that skip a stop which f has deferred, in
// source order of those in f.
func (x *Index) Skips(f *scope.Func) []Skip {
	deferred := x.Deferred(f)
	if len(deferred) == 0 {
		return nil
	}
	g := f.Graph()
	stopped := make(map[ast.Node]bool)
	for _, s := range x.Stops(f) {
		if p, ok := g.At(s.Call); ok {
			stopped[p.Node()] = true
		}
	}
	past := func(n ast.Node) (Deferred, bool) {
		to, ok := g.At(n)
		if !ok {
			return Deferred{}, false
		}
		for _, d := range deferred {
			from, ok := g.At(d.Defer)
			if !ok {
				continue
			}
			if x.reaches(g, from, to, stopped) {
				return d, true
			}
		}
		return Deferred{}, false
	}

	var out []Skip
	for _, e := range x.exitsOrFails(f) {
		if d, ok := past(e.Call); ok && !x.deferred(e.Call) {
			out = append(out, Skip{Exit: e, Past: d, Startup: !x.active(f, d, e)})
		}
	}
	for _, lit := range x.local[f].literals {
		cur := outermost(lit.Cursor)
		isGo := cur.ParentEdgeKind() == edge.CallExpr_Fun && cur.Parent().ParentEdgeKind() == edge.GoStmt_Call
		isDefer := cur.ParentEdgeKind() == edge.CallExpr_Fun && cur.Parent().ParentEdgeKind() == edge.DeferStmt_Call
		isCall := !isGo && !isDefer && cur.ParentEdgeKind() == edge.CallExpr_Fun
		if !isGo && !isDefer && !isCall {
			continue
		}
		d, ok := past(lit.Node)
		if !ok {
			continue
		}
		for _, e := range x.exitsOrFails(lit) {
			if x.stoppedBefore(lit, e) {
				continue
			}
			switch {
			case isCall:
				out = append(out, Skip{Exit: e, Past: d, Startup: !x.activeIn(f, d, lit, e)})
			case isDefer:
				// Deferred after the stop, it runs before it; and everything
				// the function does has been done.
				out = append(out, Skip{Exit: e, Past: d})
			case x.forced(lit, e):
			default:
				out = append(out, Skip{Exit: e, Past: d, Startup: x.atStart(lit, e)})
			}
		}
	}
	for _, c := range x.local[f].calls {
		d, ok := past(c.CallExpr)
		if !ok || x.deferred(c.CallExpr) || x.isLaunched(c.CallExpr) {
			continue
		}
		from, _ := g.At(d.Defer)
		to, _ := g.At(c.CallExpr)
		x.calledExits(c, map[*scope.Func]bool{f: true}, x.ran(f, g, from, to), func(e Exit, ran bool) {
			out = append(out, Skip{Exit: e, Past: d, Startup: !ran, Called: true})
		})
	}
	return out
}

// maxCalls bounds how many calls deep an exit is looked for.
const maxCalls = 2

// calledExits visits the exits that a call may come to, in functions of the
// package which may return as well: those that never do are exits themselves.
// ran says that spans may exist before the call.
func (x *Index) calledExits(c call, seen map[*scope.Func]bool, ran bool, visit func(e Exit, ran bool)) {
	if _, exits := x.exit(c); exits {
		return
	}
	h := x.pkg.Decl(c.fn)
	if h == nil || seen[h] || len(seen) > maxCalls || x.table.Of(h).Setup.Does&summary.EndsOnError != 0 {
		return
	}
	seen[h] = true
	defer delete(seen, h)
	if len(x.Deferred(h)) > 0 {
		return // it has its own, and is judged by that
	}
	g := h.Graph()
	for _, e := range x.exitsOrFails(h) {
		if at, ok := g.At(e.Call); ok && !x.deferred(e.Call) && !x.isLaunched(e.Call) && !x.stoppedBefore(h, e) {
			visit(e, ran || x.ran(h, g, g.Entry(), at))
		}
	}
	for _, inner := range x.local[h].calls {
		if at, ok := g.At(inner.CallExpr); ok && !x.deferred(inner.CallExpr) && !x.isLaunched(inner.CallExpr) {
			x.calledExits(inner, seen, ran || x.ran(h, g, g.Entry(), at), visit)
		}
	}
}

// isLaunched reports whether a call is that of a go statement.
func (x *Index) isLaunched(c *ast.CallExpr) bool {
	cur, ok := x.pkg.Cursor(c)
	return ok && cur.ParentEdgeKind() == edge.GoStmt_Call
}

func (x *Index) reaches(g *path.Graph, from, to path.Point, stop map[ast.Node]bool) bool {
	_, ok := g.Reach(from, func(n ast.Node) bool { return n == to.Node() },
		path.Search{Stop: func(n ast.Node) bool { return stop[n] }})
	return ok
}

// stoppedBefore reports whether a literal stops a provider on every path to
// its exit.
func (x *Index) stoppedBefore(lit *scope.Func, e Exit) bool {
	g := lit.Graph()
	to, ok := g.At(e.Call)
	if !ok {
		return true
	}
	stopped := make(map[ast.Node]bool)
	for _, s := range x.stopsIn(lit, 0) {
		if p, ok := g.At(s.Call); ok {
			stopped[p.Node()] = true
		}
	}
	return !x.reaches(g, g.Entry(), to, stopped)
}

// forced reports whether a goroutine waits more than once before it ends the
// process: the second signal is there to end what does not stop by itself.
func (x *Index) forced(lit *scope.Func, e Exit) bool {
	g := lit.Graph()
	to, ok := g.At(e.Call)
	if !ok {
		return true
	}
	n := 0
	ast.Inspect(lit.Body, func(node ast.Node) bool {
		if r, ok := node.(*ast.UnaryExpr); ok && r.Op == token.ARROW {
			if p, ok := g.At(r); ok && g.Dominates(p, to) {
				n++
			}
		}
		_, inner := node.(*ast.FuncLit)
		return !inner
	})
	return n > 1
}

// atStart reports whether the exit of a goroutine belongs to the start of the
// program: it comes before anything that traces, serves or waits, or when a
// server cannot listen. That a server was shut down is told apart then.
func (x *Index) atStart(lit *scope.Func, e Exit) bool {
	serves, tells := false, false
	ast.Inspect(lit.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			serves = serves || otelapi.Blocks(x.pkg.Callee(n))
		case *ast.SelectorExpr:
			if v, ok := x.pkg.Info.Uses[n.Sel].(*types.Var); ok && otelapi.SaysClosed(v) {
				tells = true
			}
		}
		return true
	})
	if serves {
		return tells
	}
	g := lit.Graph()
	to, ok := g.At(e.Call)
	return !ok || !x.ran(lit, g, g.Entry(), to)
}

// active reports whether spans may exist when the process ends: something has
// run since the stop was deferred, or what has failed was the program's work
// and nothing else follows it.
func (x *Index) active(f *scope.Func, d Deferred, e Exit) bool {
	g := f.Graph()
	from, ok := g.At(d.Defer)
	if !ok {
		return false
	}
	to, ok := g.At(e.Call)
	if !ok {
		return false
	}
	if x.ran(f, g, from, to) {
		return true
	}
	exits := nodesOf(g, x.Exits(f))
	if _, returns := g.Exit(from, path.Search{Stop: func(n ast.Node) bool { return exits[n] }}); !returns {
		// Every run ends here, or at another exit; the last of them is no start.
		if _, more := g.Reach(to, func(ast.Node) bool { return true }, path.Search{}); !more && !x.inIf(e.Call, f) {
			_, worked := g.Reach(from, func(n ast.Node) bool { return x.works(n) }, path.Search{})
			return worked
		}
	}
	work, ok := x.failed(e.Call, f)
	if !ok {
		return false
	}
	at, ok := g.At(work)
	if !ok {
		return false
	}
	_, more := g.Reach(at, func(n ast.Node) bool { return !exits[n] && x.works(n) },
		path.Search{Stop: func(n ast.Node) bool { return exits[n] }})
	return !more
}

// activeIn is active for an exit in a literal that is called where it stands.
func (x *Index) activeIn(f *scope.Func, d Deferred, lit *scope.Func, e Exit) bool {
	g := f.Graph()
	from, ok := g.At(d.Defer)
	if !ok {
		return false
	}
	to, ok := g.At(lit.Node)
	if !ok {
		return false
	}
	if x.ran(f, g, from, to) {
		return true
	}
	in := lit.Graph()
	at, ok := in.At(e.Call)
	return ok && x.ran(lit, in, in.Entry(), at)
}

// ran reports whether, on some way between two points, spans are started, work
// is launched that does, or something is waited for.
func (x *Index) ran(f *scope.Func, g *path.Graph, from, to path.Point) bool {
	found := false
	ast.Inspect(f.Body, func(n ast.Node) bool {
		if found {
			return false
		}
		active := false
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.GoStmt:
			active = x.traces(n.Call)
		case *ast.CallExpr:
			active = x.traces(n) || otelapi.Blocks(x.pkg.Callee(n)) || x.isWait(n)
		case *ast.UnaryExpr:
			active = n.Op == token.ARROW
		}
		if active {
			p, ok := g.At(n)
			found = ok && (p == from || x.reaches(g, from, p, nil)) && (p == to || x.reaches(g, p, to, nil))
		}
		return true
	})
	return found
}

// traces reports whether a call is known to start spans.
func (x *Index) traces(c *ast.CallExpr) bool {
	if lit, ok := ast.Unparen(c.Fun).(*ast.FuncLit); ok {
		f := x.pkg.FuncOf(lit)
		return f != nil && x.table.Of(f).Traces
	}
	fn := x.pkg.Callee(c)
	if d, ok := otelapi.DerivationOf(fn); ok {
		return d.Effect == otelapi.Starts
	}
	sum := x.table.Callee(fn)
	return sum != nil && sum.Traces
}

// isWait reports whether a call waits for a group.
func (x *Index) isWait(c *ast.CallExpr) bool {
	sel, ok := ast.Unparen(c.Fun).(*ast.SelectorExpr)
	return ok && sel.Sel.Name == "Wait" && otelapi.IsGroup(x.pkg.Info.TypeOf(sel.X))
}

// inIf reports whether a call stands under a condition of f.
func (x *Index) inIf(c *ast.CallExpr, f *scope.Func) bool {
	cur, ok := x.pkg.Cursor(c)
	if !ok {
		return true
	}
	for up := range cur.Enclosing((*ast.IfStmt)(nil), (*ast.CaseClause)(nil), (*ast.CommClause)(nil), (*ast.ForStmt)(nil), (*ast.RangeStmt)(nil)) {
		return f.Node.Pos() <= up.Node().Pos()
	}
	return false
}

// failed returns the call whose failure leads to an exit, where it gives
// nothing but that: what gives more is preparation.
//
//	if err := work(ctx); err != nil { log.Fatal(err) }
//	err := work(ctx); if err != nil { log.Fatal(err) }
//	log.Fatal(work(ctx))
func (x *Index) failed(exit *ast.CallExpr, f *scope.Func) (*ast.CallExpr, bool) {
	for _, arg := range exit.Args {
		if c, ok := ast.Unparen(arg).(*ast.CallExpr); ok && x.isWork(c) {
			return c, true
		}
	}
	cur, ok := x.pkg.Cursor(exit)
	if !ok {
		return nil, false
	}
	for up := range cur.Enclosing((*ast.IfStmt)(nil)) {
		s := up.Node().(*ast.IfStmt)
		if s.Pos() < f.Body.Pos() {
			return nil, false
		}
		if s.Init != nil {
			return x.workOf(s.Init)
		}
		if c, ok := ast.Unparen(s.Cond).(*ast.BinaryExpr); ok {
			if call, ok := ast.Unparen(c.X).(*ast.CallExpr); ok && x.isWork(call) {
				return call, true
			}
		}
		if prev, ok := up.PrevSibling(); ok {
			if stmt, ok := prev.Node().(ast.Stmt); ok {
				return x.workOf(stmt)
			}
		}
		return nil, false
	}
	return nil, false
}

func (x *Index) workOf(s ast.Stmt) (*ast.CallExpr, bool) {
	a, ok := s.(*ast.AssignStmt)
	if !ok || len(a.Rhs) != 1 || len(a.Lhs) != 1 {
		return nil, false
	}
	c, ok := ast.Unparen(a.Rhs[0]).(*ast.CallExpr)
	if !ok || !x.isWork(c) {
		return nil, false
	}
	return c, true
}

// works reports whether a node of a graph calls something that does work.
func (x *Index) works(n ast.Node) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.DeferStmt:
			return false
		case *ast.GoStmt:
			found = true
		case *ast.CallExpr:
			found = found || x.isWork(n)
		}
		return !found
	})
	return found
}

// isWork reports whether a call does more than to log, print, derive a
// context, end the process or stop a provider.
func (x *Index) isWork(c *ast.CallExpr) bool {
	tv := x.pkg.Info.Types[c.Fun]
	if tv.IsType() || tv.IsBuiltin() || otelapi.IsCancel(tv.Type) {
		return false
	}
	fn := x.pkg.Callee(c)
	if _, derives := otelapi.DerivationOf(fn); derives || otelapi.ReadsOnly(fn) || otelapi.EndsProcess(fn) || otelapi.StopsProvider(fn) {
		return false
	}
	if fn != nil && fn.Pkg() != nil {
		switch fn.Pkg().Path() {
		case "fmt", "errors", "strings", "strconv", "time":
			return false
		}
	}
	if sum := x.table.Callee(fn); sum != nil && sum.Setup.Does&(summary.EndsProcess|summary.StopsProvider) != 0 {
		return false
	}
	if sig, ok := tv.Type.Underlying().(*types.Signature); ok && sig.Results().Len() == 0 && len(c.Args) > 0 {
		if b, ok := scope.Underlying(x.pkg.Info, c.Args[0]).(*types.Basic); ok && b.Info()&types.IsString != 0 {
			return false // a message to some logger
		}
	}
	return true
}
