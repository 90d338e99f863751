package setup

import (
	"go/ast"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/spanlint/spanlint/analyzer/internal/launch"
	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/path"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
	"github.com/spanlint/spanlint/analyzer/internal/spans"
)

// What is done too early.
type Early int

const (
	// StopBeforeEnd: a provider is stopped before a span ends.
	StopBeforeEnd Early = iota + 1
	// StopBeforeWait: a provider is stopped before work that traces is waited
	// for.
	StopBeforeWait
	// ExporterFirst: an exporter is stopped before the provider that uses it.
	ExporterFirst
	// ReleaseBeforeEnd: whoever waits for work is released before its span ends.
	ReleaseBeforeEnd
)

// A Disorder is two calls that happen the wrong way round.
type Disorder struct {
	Kind Early
	// First is what happens first, and Second what should.
	First, Second *ast.CallExpr
	// FirstDefer and SecondDefer are the statements that defer them, nil if
	// they are not deferred.
	FirstDefer, SecondDefer *ast.DeferStmt
}

// An event is a call in one function, deferred or not.
type event struct {
	call *ast.CallExpr
	def  *ast.DeferStmt
	// work is what a wait waits for, nil if that is not launched in view.
	work []*launch.Launch
}

func (e event) node() ast.Node {
	if e.def != nil {
		return e.def
	}
	return e.call
}

// Disorders returns what f does the wrong way round.
func (x *Index) Disorders(f *scope.Func, ends *spans.Index, launches *launch.Index) []Disorder {
	var stops, exporters, waits, releases []event
	for _, d := range x.Deferred(f) {
		if !d.Flush {
			stops = append(stops, event{call: d.Call, def: d.Defer})
		}
	}
	for _, s := range x.Stops(f) {
		if !s.Flush {
			stops = append(stops, event{call: s.Call})
		}
	}
	for _, c := range x.callsOf(f) {
		fn := x.pkg.Callee(c.call)
		switch {
		case otelapi.StopsExporter(fn):
			exporters = append(exporters, c)
		case otelapi.StopsServing(fn):
			waits = append(waits, c)
		case x.isWait(c.call):
			if c.work = x.traced(c.call, launches); len(c.work) > 0 {
				waits = append(waits, c)
			}
		case x.releases(c.call, f) != nil:
			releases = append(releases, c)
		}
	}
	if len(stops)+len(releases) == 0 {
		return nil
	}
	var out []Disorder
	g := f.Graph()
	pairs := func(kind Early, firsts, seconds []event) {
		for _, a := range firsts {
			for _, b := range seconds {
				if a.call != b.call && before(g, a, b) && launchedBefore(f, g, b.work, a) {
					out = append(out, Disorder{kind, a.call, b.call, a.def, b.def})
					break
				}
			}
		}
	}
	pairs(ExporterFirst, exporters, stops)
	pairs(StopBeforeWait, stops, waits)

	var ended []event
	for _, s := range ends.StartsIn(f) {
		for _, p := range s.EndPoints() {
			if p.Func != f {
				continue
			}
			switch n := p.Node.(type) {
			case *ast.CallExpr:
				e := event{call: n}
				if p.Deferred {
					cur, ok := x.pkg.Cursor(n)
					if !ok {
						continue
					}
					for up := range cur.Enclosing((*ast.DeferStmt)(nil)) {
						e.def = up.Node().(*ast.DeferStmt)
						break
					}
					if e.def == nil {
						continue
					}
				}
				ended = append(ended, e)
			case *ast.DeferStmt:
				ended = append(ended, event{call: n.Call, def: n})
			}
		}
	}
	for _, c := range x.callsOf(f) {
		if c.def != nil && x.endsKept(c.call) {
			ended = append(ended, c)
		}
	}
	var deferredEnds []event
	for _, e := range ended {
		if e.def != nil {
			deferredEnds = append(deferredEnds, e)
		}
	}
	pairs(StopBeforeEnd, stops, ended)
	if len(deferredEnds) > 0 {
		releases = slices.DeleteFunc(releases, func(e event) bool { return !x.letsGo(e.call, f, launches) })
		pairs(ReleaseBeforeEnd, releases, deferredEnds)
	}
	return out
}

// endsKept reports whether a call runs a function of the package that ends spans
// which others have started: those in a field, or in a container.
func (x *Index) endsKept(c *ast.CallExpr) bool {
	f := x.pkg.Decl(x.pkg.Callee(c))
	if f == nil {
		return false
	}
	for _, c := range x.local[f].calls {
		sel, ok := ast.Unparen(c.Fun).(*ast.SelectorExpr)
		if !ok || c.fn == nil || c.fn.Name() != "End" || !otelapi.IsSpan(x.pkg.Info.TypeOf(sel.X)) {
			continue
		}
		switch of := ast.Unparen(sel.X).(type) {
		case *ast.SelectorExpr, *ast.IndexExpr:
			return true
		case *ast.Ident:
			if v := x.pkg.VarOf(of); v != nil && x.ranges(v) {
				return true
			}
		}
	}
	return false
}

// ranges reports whether a variable is that of a range statement.
func (x *Index) ranges(v *types.Var) bool {
	return slices.ContainsFunc(x.pkg.Uses(v), func(cur inspector.Cursor) bool {
		return cur.ParentEdgeKind() == edge.RangeStmt_Value || cur.ParentEdgeKind() == edge.RangeStmt_Key
	})
}

// callsOf returns the calls of f itself and those that a literal deferred in f
// makes first of all.
func (x *Index) callsOf(f *scope.Func) []event {
	var out []event
	deferred := make(map[*ast.CallExpr]*ast.DeferStmt)
	for _, d := range x.local[f].defers {
		deferred[d.Call] = d
	}
	for _, c := range x.local[f].calls {
		if x.launched(c.CallExpr) {
			continue
		}
		out = append(out, event{call: c.CallExpr, def: deferred[c.CallExpr]})
	}
	for _, d := range x.local[f].defers {
		if lit, ok := ast.Unparen(d.Call.Fun).(*ast.FuncLit); ok {
			if inner := x.pkg.FuncOf(lit); inner != nil {
				for _, c := range x.local[inner].calls {
					out = append(out, event{call: c.CallExpr, def: d})
				}
			}
		}
	}
	return out
}

// before reports whether a happens before b whenever both happen. Deferred
// calls run last, and in the reverse order of their statements.
func before(g *path.Graph, a, b event) bool {
	pa, ok := g.At(a.node())
	if !ok {
		return false
	}
	pb, ok := g.At(b.node())
	if !ok || pa == pb {
		return false
	}
	switch {
	case a.def != nil && b.def != nil:
		return g.Dominates(pb, pa)
	case a.def != nil:
		return false
	case b.def != nil:
		// A stop on one of the ways out, after a failure, is no order.
		if !g.Dominates(pb, pa) {
			return false
		}
		_, avoids := g.Exit(pb, path.Search{Stop: func(n ast.Node) bool { return n == pa.Node() }})
		return !avoids
	}
	return g.Dominates(pa, pb)
}

// traced returns the launches of work, known to trace, that a group counts
// which is waited for.
func (x *Index) traced(wait *ast.CallExpr, launches *launch.Index) []*launch.Launch {
	group := x.pkg.VarOf(ast.Unparen(wait.Fun).(*ast.SelectorExpr).X)
	if group == nil {
		return nil
	}
	var out []*launch.Launch
	for _, l := range launches.Launches() {
		if l.Body == nil || !x.table.Of(l.Body).Traces {
			continue
		}
		groups, _ := l.CountedBy()
		if slices.Contains(groups, group) {
			out = append(out, l)
		}
	}
	return out
}

// launchedBefore reports whether some work may be running when a happens: it
// is launched by then, or by another function.
func launchedBefore(f *scope.Func, g *path.Graph, work []*launch.Launch, a event) bool {
	to, ok := g.At(a.node())
	if !ok || a.def != nil {
		return ok // deferred calls come after all launches
	}
	for _, l := range work {
		from, ok := g.At(l.Node)
		if l.Func != f || !ok {
			return true
		}
		if _, runs := g.Reach(from, func(n ast.Node) bool { return n == to.Node() }, path.Search{}); runs {
			return true
		}
	}
	return len(work) == 0
}

func isParam(f *scope.Func, v *types.Var) bool {
	_, ok := f.SlotOf(v)
	return ok
}
