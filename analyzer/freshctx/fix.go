package freshctx

import (
	"go/ast"
	"go/token"
	"go/types"
	"go/version"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/spanlint/spanlint/analyzer/internal/config"
	"github.com/spanlint/spanlint/analyzer/internal/ctxflow"
	"github.com/spanlint/spanlint/analyzer/internal/detach"
	"github.com/spanlint/spanlint/analyzer/internal/edit"
	"github.com/spanlint/spanlint/analyzer/internal/launch"
	"github.com/spanlint/spanlint/analyzer/internal/model"
	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
)

// repairs holds what the faults of a package need to know of each other: the
// contexts of one launch get one span, and the last use of a package in a
// file takes the import with it.
type repairs struct {
	m      *model.Models
	faults []fault
	files  map[*ast.File]*edit.File
	// drops has, by file, the faults whose repair drops a use of package
	// context, where together they drop them all.
	drops map[*ast.File][]int
}

func newRepairs(m *model.Models, faults []fault) *repairs {
	r := &repairs{m: m, faults: faults, files: make(map[*ast.File]*edit.File), drops: make(map[*ast.File][]int)}
	for i := range faults {
		if file := r.fileOf(faults[i].src.Expr); file != nil && r.plain(i) {
			r.drops[file] = append(r.drops[file], i)
		}
	}
	for file, list := range r.drops {
		if spec := contextImport(m, file); spec == nil || uses(m, file, spec) > len(list) {
			delete(r.drops, file)
		}
	}
	return r
}

// plain reports whether the repair puts a name in the place of a call of
// package context and adds no other.
func (r *repairs) plain(i int) bool {
	f := r.faults[i]
	if f.category != sync && f.category != cleanup || f.src.Request || !f.src.Direct || f.ignored {
		return false
	}
	text, ok := r.hand(f)
	return ok && !r.cuts(f) && text != "" && r.open(f.src.Expr) != nil
}

// fix returns the repair of a fault, nil if there is none.
func (r *repairs) fix(i int) *analysis.SuggestedFix {
	f := r.faults[i]
	if f.ignored {
		return nil // and what is left alone has no part in the repair of others
	}
	switch f.category {
	case async:
		if f.launch == nil {
			return r.use(i) // a span of its own could be one too many where it runs at once
		}
		return r.begin(i)
	case nolink:
		return r.link(f)
	case sync, cleanup:
		return r.use(i)
	}
	return nil
}

// begin returns the detached span for launched work. It is carried by the
// first of the launch's faults and repairs them all.
func (r *repairs) begin(i int) *analysis.SuggestedFix {
	f := r.faults[i]
	if !f.src.Direct && !isName(f.src.Expr) || !f.hand.Named() || r.stops(f) {
		return nil
	}
	if r.owns(f) {
		// The work has a span: the one it was launched below, which it ends.
		e := r.open(f.src.Expr)
		if edits := r.useAt(e, f); edits != nil {
			return settle(e, edits, "Keep the span that the work ends")
		}
		return nil
	}
	var sources []ast.Expr
	for j, g := range r.faults {
		if g.category != async || g.launch != f.launch {
			continue
		}
		if g.replaces {
			return nil
		}
		if g.ignored {
			// Below the span of the others it would be a fault of another
			// category, which its directive need not silence.
			return nil
		}
		if j < i {
			return nil
		}
		if g.hand.Var != f.hand.Var || !g.src.Direct && !isName(g.src.Expr) {
			return nil
		}
		sources = append(sources, g.src.Expr)
	}
	return detach.Begin(r.site(f), origin(f.hand), sources)
}

// owns reports whether the launched work ends the span in the context at hand.
func (r *repairs) owns(f fault) bool {
	if f.hand.Span.Call == nil || f.launch.Body == nil {
		return false
	}
	start := r.m.Spans.StartOf(f.hand.Span.Call)
	if start == nil {
		return false
	}
	for _, end := range start.EndPoints() {
		if end.Func.Inside(f.launch.Body) {
			return true
		}
	}
	return false
}

// link returns the option that links a root span to its origin, or with the
// variant child the edit that makes it a child there.
func (r *repairs) link(f fault) *analysis.SuggestedFix {
	if !f.hand.Named() {
		return nil
	}
	if r.m.Config.Detach == config.DetachChild && f.src.Expr != f.sink.Call && !f.replaces {
		if fix := detach.Attach(r.site(f), origin(f.hand), f.sink.Call, f.src.Expr); fix != nil {
			return fix
		}
	}
	return detach.Link(r.site(f), origin(f.hand), f.sink.Call)
}

func (r *repairs) site(f fault) detach.Site {
	u := launch.Use{Expr: f.sink.Expr, Call: f.sink.Call, Func: f.sink.Func, Callee: r.m.Package.Callee(f.sink.Call), Does: f.does}
	return r.m.Site(f.launch, u, f.sink.Value)
}

// stops reports whether a deferred call of the launching function cancels the
// context: detached or not, the work would die of it.
func (r *repairs) stops(f fault) bool {
	for _, s := range f.sink.Value.Cancels() {
		if s.Handle == nil || !f.launch.Func.Inside(s.Func) {
			continue
		}
		if _, ok := r.m.Launch.DeferredCall(s.Handle, s.Func); ok && f.launch.Outlives(s.Func) {
			return true
		}
	}
	return false
}

func isName(e ast.Expr) bool {
	_, ok := e.(*ast.Ident)
	return ok
}

func origin(h launch.Hand) detach.Origin {
	from := detach.Origin{Text: handName(h)}
	if from.Text == h.Var.Name() {
		from.Var = h.Var
	}
	return from
}

// use returns the edit that uses the context at hand.
//
// Where the code cuts the cancellation on purpose, or work goes on with the
// context after the call, it gets context.WithoutCancel of it: a request's
// own context in the place of Background would let that work die with it.
func (r *repairs) use(i int) *analysis.SuggestedFix {
	f := r.faults[i]
	file := r.fileOf(f.src.Expr)
	if together := r.drops[file]; len(together) > 0 && slices.Contains(together, i) {
		if i != together[0] {
			return nil // the first one carries the edit of all
		}
		return r.useAll(file, together)
	}
	e := r.open(f.src.Expr)
	edits := r.useAt(e, f)
	if edits == nil {
		return nil
	}
	return settle(e, edits, "Use the context at hand")
}

func (r *repairs) useAll(file *ast.File, list []int) *analysis.SuggestedFix {
	e := r.open(file)
	var edits []analysis.TextEdit
	for _, i := range list {
		one := r.useAt(e, r.faults[i])
		if one == nil {
			return nil
		}
		edits = append(edits, one...)
	}
	drop := dropImport(e, contextImport(r.m, file))
	if drop == nil {
		return nil
	}
	edits = append(edits, drop...)
	return settle(e, edits, "Use the context at hand")
}

func settle(e *edit.File, edits []analysis.TextEdit, message string) *analysis.SuggestedFix {
	edit.Sort(edits)
	edits = slices.CompactFunc(edits, func(a, b analysis.TextEdit) bool {
		return a.Pos == b.Pos && a.End == b.End && string(a.NewText) == string(b.NewText)
	})
	return e.Fix(message, edits)
}

func (r *repairs) useAt(e *edit.File, f fault) []analysis.TextEdit {
	if e == nil || !f.src.Direct && !isName(f.src.Expr) {
		return nil // what else a helper puts into its result is not known
	}
	text, ok := r.hand(f)
	if !ok {
		return nil
	}
	var edits []analysis.TextEdit
	if !f.hand.Named() {
		text = edit.FreshName(r.m.Pass.Pkg, f.hand.Func.Node, "ctx")
		if edits = nameParam(e, f.hand, text); edits == nil {
			return nil
		}
	}
	if r.cuts(f) {
		v := r.m.Pass.TypesInfo.FileVersions[e.Syntax]
		if v != "" && version.Compare(version.Lang(v), "go1.21") < 0 {
			return nil // no context.WithoutCancel
		}
		prefix, ok := e.Imports(r.m.Pass.Pkg).Prefix("context", "context", f.src.Expr, "WithoutCancel")
		if !ok {
			return nil
		}
		text = prefix + "WithoutCancel(" + text + ")"
	}
	at := detach.Use(e, r.m.Pass.TypesInfo, f.src.Expr, text)
	if at == nil {
		return nil
	}
	return append(edits, at...)
}

// hand returns how the context at hand is written where the fresh one begins.
func (r *repairs) hand(f fault) (string, bool) {
	if f.hand.Var == nil || f.replaces {
		// What the context at hand sends along, a token above all, would be
		// sent beside the one that is to replace it.
		return "", false
	}
	if !f.hand.Named() {
		return "ctx", otelapi.IsContext(f.hand.Var.Type())
	}
	text := handName(f.hand)
	return text, text != f.hand.Var.Name() || otelapi.ImplementsContext(f.hand.Var.Type()) && edit.SameAt(r.m.Pass.Pkg, f.hand.Var, f.src.Expr.Pos())
}

// cuts reports whether the cancellation has to be cut: work goes on, or the
// code has thought of it: it cleans up, gives the context a limit of its own,
// says in a comment why it starts over, or makes Background, not TODO, the
// context of what follows.
func (r *repairs) cuts(f fault) bool {
	if f.outlives || f.returned && chosen(r.m, f) || explained(r.m, f) || f.category == cleanup || f.category == async {
		return true // clean-up has to be done, whether or not the request goes on
	}
	for _, s := range f.sink.Value.Steps {
		if s.Kind == ctxflow.Cancels {
			return true
		}
	}
	cur, ok := r.m.Package.Cursor(f.src.Expr)
	if !ok || f.src.Request {
		return !ok
	}
	switch parent := cur.Parent().Node().(type) {
	case *ast.AssignStmt:
		if parent.Tok == token.ASSIGN {
			return true // ctx = ctx would be no repair
		}
	case *ast.ValueSpec:
	default:
		return false
	}
	call, ok := f.src.Expr.(*ast.CallExpr)
	return !ok || !otelapi.Undecided(r.m.Package.Callee(call))
}

// nameParam gives a name to the parameter of a context that has none.
//
//	func(    context.Context,   string)
//	func(ctx context.Context, _ string)
func nameParam(e *edit.File, h launch.Hand, name string) []analysis.TextEdit {
	slot, ok := h.Func.SlotOf(h.Var)
	if !ok || h.Func.Node.Pos() < e.Syntax.FileStart || e.Syntax.FileEnd < h.Func.Node.End() {
		return nil
	}
	var edits []analysis.TextEdit
	i := 0
	for _, field := range h.Func.Type.Params.List {
		if len(field.Names) == 0 {
			text := "_ "
			if i == slot {
				text = name + " "
			}
			edits = append(edits, analysis.TextEdit{Pos: field.Type.Pos(), End: field.Type.Pos(), NewText: []byte(text)})
			i++
			continue
		}
		for _, id := range field.Names {
			if i == slot {
				return e.Replace(id, name)
			}
			i++
		}
	}
	return edits
}

// open opens the file of a node for edits.
func (r *repairs) open(n ast.Node) *edit.File {
	syntax := r.fileOf(n)
	if syntax == nil {
		return nil
	}
	if e, ok := r.files[syntax]; ok {
		return e
	}
	e, err := edit.Open(r.m.Pass.Fset, syntax, r.m.Pass.ReadFile)
	if err != nil {
		e = nil
	}
	r.files[syntax] = e
	return e
}

func (r *repairs) fileOf(n ast.Node) *ast.File {
	for _, syntax := range r.m.Pass.Files {
		if syntax.FileStart <= n.Pos() && n.Pos() <= syntax.FileEnd {
			return syntax
		}
	}
	return nil
}

// contextImport returns the import of package context, nil where it is
// imported with a dot or not at all.
func contextImport(m *model.Models, file *ast.File) *ast.ImportSpec {
	for _, spec := range file.Imports {
		if strings.Trim(spec.Path.Value, "`\"") == "context" && (spec.Name == nil || spec.Name.Name != "." && spec.Name.Name != "_") {
			return spec
		}
	}
	return nil
}

// uses counts the uses of an import.
func uses(m *model.Models, file *ast.File, spec *ast.ImportSpec) int {
	var obj types.Object = m.Pass.TypesInfo.Implicits[spec]
	if spec.Name != nil {
		obj = m.Pass.TypesInfo.Defs[spec.Name]
	}
	n := 0
	for _, cur := range m.Package.Uses(obj) {
		if cur.Node() != spec.Name {
			n++
		}
	}
	return n
}

// dropImport deletes the line of an import. One that does not have a line of
// its own, or has a comment, stays.
func dropImport(e *edit.File, spec *ast.ImportSpec) []analysis.TextEdit {
	if spec == nil || spec.Doc != nil || spec.Comment != nil {
		return nil
	}
	line := e.Tok.Line(spec.Pos())
	for _, decl := range e.Syntax.Decls {
		gen, ok := decl.(*ast.GenDecl)
		if !ok || !gen.Lparen.IsValid() || len(gen.Specs) < 2 || spec.Pos() < gen.Pos() || gen.End() < spec.End() {
			continue
		}
		if line == e.Tok.Line(gen.Lparen) || line == e.Tok.Line(gen.Rparen) {
			return nil
		}
		for _, other := range gen.Specs {
			if other != ast.Spec(spec) && e.Tok.Line(other.Pos()) == line {
				return nil
			}
		}
		return []analysis.TextEdit{{Pos: e.Tok.LineStart(line), End: e.Tok.LineStart(line + 1)}}
	}
	return nil
}
