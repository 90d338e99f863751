// Package names answers what the names of spans are made of: constants, what
// callers say, or data.
//
// A name is followed backwards from the call that starts the span, or sets
// its name, through local variables, formatting, and functions of the package
// that return text. What is not understood is taken for one of a few values.
package names

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
	"github.com/spanlint/spanlint/analyzer/internal/summary"
)

// A Kind is what a part of a name is.
type Kind uint8

const (
	// Quiet: one of a few values, or nothing is known.
	Quiet Kind = iota
	// Constant: a text that the source has.
	Constant
	// Param: a parameter; callers decide.
	Param
	// Data: of its values there is no end.
	Data
)

// A Part is a piece of a name.
type Part struct {
	Kind Kind
	// Text is that of a constant.
	Text string
	// Expr is where the part is written; for Data the culprit.
	Expr ast.Expr
	// Routed says that it is one of a few values in requests that a router has
	// matched.
	Routed bool
	// Var is the parameter, and Func the function that has it.
	Var  *types.Var
	Func *scope.Func
}

// A Name is one place at which a span is given a name.
type Name struct {
	// Call starts the span, or sets its name; Expr is the argument that names
	// it. Call is nil for a formatter that returns Expr.
	Call *ast.CallExpr
	Expr ast.Expr
	Func *scope.Func
	// Parts is what the name is made of. A variable with several values has
	// the parts of all.
	Parts []Part
	// Helped says that the call is of a function that names the span.
	Helped bool
}

// An Index has the names of one package.
type Index struct {
	Table *summary.Table
	Pkg   *scope.Package
	names []*Name
}

// Of returns the names of the table's package.
func Of(t *summary.Table) *Index {
	return t.Pkg.Memo(indexKey{}, func() any {
		x := &Index{Table: t, Pkg: t.Pkg}
		for _, f := range t.Pkg.Funcs {
			x.names = append(x.names, namesIn(t, f)...)
		}
		return x
	}).(*Index)
}

type indexKey struct{}

// Names returns the names of the package, by function.
func (x *Index) Names() []*Name { return x.names }

// Contribute says which parameters of f become names of spans.
func Contribute(t *summary.Table, f *scope.Func, sum *summary.Func) {
	if f.Obj == nil || !hasText(f.Sig) {
		return
	}
	for _, g := range append([]*scope.Func{f}, inner(t.Pkg, f)...) {
		for _, n := range namesIn(t, g) {
			for _, p := range n.Parts {
				if p.Kind != Param || p.Func != f || given(t, n, p) {
					continue // given is reported where it is
				}
				if slot, ok := f.SlotOf(p.Var); ok {
					sum.Slots[slot+1].Names = true
				}
			}
		}
	}
}

func hasText(sig *types.Signature) bool {
	for v := range sig.Params().Variables() {
		if isText(v.Type()) {
			return true
		}
	}
	return false
}

func isText(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsString != 0
}

// inner returns the literals in f, at any depth.
func inner(pkg *scope.Package, f *scope.Func) []*scope.Func {
	type key struct{}
	all := pkg.Memo(key{}, func() any {
		all := make(map[*scope.Func][]*scope.Func)
		for _, g := range pkg.Funcs {
			if g.Outer != nil {
				all[g.Root()] = append(all[g.Root()], g)
			}
		}
		return all
	}).(map[*scope.Func][]*scope.Func)
	return all[f]
}

// namesIn returns the names that are given in f itself.
func namesIn(t *summary.Table, f *scope.Func) []*Name {
	var out []*Name
	out = formatted(t, f)
	for _, call := range calls(f) {
		fn := f.Pkg.Callee(call)
		if fn == nil || fn.Signature().Variadic() && call.Ellipsis.IsValid() && fn.Signature().Params().Len() < 2 {
			continue
		}
		e := &evaluation{t: t, pkg: f.Pkg}
		if arg, ok := otelapi.NameArg(fn); ok {
			if arg < len(call.Args) {
				out = append(out, &Name{Call: call, Expr: call.Args[arg], Func: f, Parts: e.parts(call.Args[arg], f, 0)})
			}
			continue
		}
		sum := t.Callee(fn)
		if sum == nil {
			continue
		}
		for i := range fn.Signature().Params().Len() {
			if sum.SlotAt(i).Names && i < len(call.Args) && !(fn.Signature().Variadic() && i == fn.Signature().Params().Len()-1) {
				out = append(out, &Name{Call: call, Expr: call.Args[i], Func: f, Parts: e.parts(call.Args[i], f, 0), Helped: true})
			}
		}
	}
	return out
}

// formatted returns the names that f itself, as the formatter that an
// instrumentation is given, returns.
func formatted(t *summary.Table, f *scope.Func) []*Name {
	if f.Sig.Results().Len() != 1 || !isText(f.Sig.Results().At(0).Type()) || !formats(f) {
		return nil
	}
	var out []*Name
	ast.Inspect(f.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			if len(n.Results) == 1 {
				e := &evaluation{t: t, pkg: f.Pkg}
				name := &Name{Expr: n.Results[0], Func: f, Parts: e.parts(n.Results[0], f, 0)}
				for i := range name.Parts {
					if name.Parts[i].Kind == Param {
						name.Parts[i].Kind = Quiet // the name that it would have
					}
				}
				out = append(out, name)
			}
		}
		return true
	})
	return out
}

// formats reports whether f is given to an instrumentation as a formatter,
// where it stands or by its name.
func formats(f *scope.Func) bool {
	given := func(cur inspector.Cursor) bool {
		if cur.ParentEdgeKind() == edge.SelectorExpr_Sel {
			cur = cur.Parent()
		}
		return cur.ParentEdgeKind() == edge.CallExpr_Args && otelapi.FormatsNames(f.Pkg.Callee(cur.Parent().Node().(*ast.CallExpr)))
	}
	if f.Obj == nil {
		return given(f.Cursor)
	}
	for _, cur := range f.Pkg.Uses(f.Obj) {
		if given(cur) {
			return true
		}
	}
	return false
}

// calls returns the calls in f itself that are given a text.
func calls(f *scope.Func) []*ast.CallExpr {
	type key struct{ f *scope.Func }
	return f.Pkg.Memo(key{f}, func() any {
		var out []*ast.CallExpr
		ast.Inspect(f.Body, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncLit:
				return false
			case *ast.CallExpr:
				for _, arg := range n.Args {
					if t := f.Pkg.Info.TypeOf(arg); t != nil && isText(t) {
						out = append(out, n)
						break
					}
				}
			}
			return true
		})
		return out
	}).([]*ast.CallExpr)
}

// An evaluation takes one name apart.
type evaluation struct {
	t       *summary.Table
	pkg     *scope.Package
	steps   int
	active  map[types.Object]bool
	looking map[*scope.Func]bool  // functions looked into
	bound   map[*types.Var][]Part // their parameters
	handed  map[*types.Var]requester
}

// Culprit returns the part of the name that is data. The method of a request
// is none beside the template of a route: routers answer to those they know.
func (n *Name) Culprit() (Part, bool) {
	var routed bool
	for _, p := range n.Parts {
		routed = routed || p.Kind == Quiet
	}
	for _, p := range n.Parts {
		if p.Kind == Data && !(p.Routed && routed) {
			return p, true
		}
	}
	return Part{}, false
}

// maxDepth bounds how far a name is followed, maxSteps how much work that is.
const (
	maxDepth = 8
	maxSteps = 200
)

var quiet = []Part{{Kind: Quiet}}

func (e *evaluation) parts(x ast.Expr, f *scope.Func, depth int) []Part {
	e.steps++
	if depth > maxDepth || e.steps > maxSteps {
		return quiet
	}
	x = ast.Unparen(x)
	tv := e.pkg.Info.Types[x]
	if tv.Value != nil {
		text := tv.Value.ExactString() // a number in a format
		if tv.Value.Kind() == constant.String {
			text = constant.StringVal(tv.Value)
		}
		return []Part{{Kind: Constant, Text: text, Expr: x}}
	}
	switch x := x.(type) {
	case *ast.BinaryExpr:
		if x.Op == token.ADD {
			return append(e.piece(x.X, f, depth), e.piece(x.Y, f, depth)...)
		}
	case *ast.Ident:
		if v, ok := e.pkg.Info.ObjectOf(x).(*types.Var); ok {
			return e.variable(v, x, f, depth)
		}
	case *ast.SelectorExpr:
		return e.selector(x, f)
	case *ast.CallExpr:
		return e.call(x, f, depth)
	}
	return quiet
}

// piece takes apart what is but a part of a name: numbers and instants there
// are data wherever they come from.
func (e *evaluation) piece(x ast.Expr, f *scope.Func, depth int) []Part {
	parts := e.parts(x, f, depth+1)
	t := e.pkg.Info.TypeOf(x)
	if len(parts) == 1 && parts[0].Kind == Param && t != nil && isNumber(t) && !isEnum(t) {
		return []Part{{Kind: Data, Expr: x}} // callers do not say which few there are
	}
	if len(parts) != 1 || parts[0].Kind != Quiet {
		return parts
	}
	if t == nil || e.ofReceiver(x, f) {
		return parts
	}
	switch {
	case otelapi.Unique(t), otelapi.IsError(t):
		return []Part{{Kind: Data, Expr: x}}
	case isNumber(t) && !isEnum(t):
		return []Part{{Kind: Data, Expr: x}}
	}
	return parts
}

func isNumber(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsNumeric != 0
}

// isEnum reports whether t is a type of the program's own for a few values.
func isEnum(t types.Type) bool {
	_, named := types.Unalias(t).(*types.Named)
	return named && !otelapi.Unique(t)
}

// ofReceiver reports whether x is a field of a method's receiver: set once,
// when the object was made.
func (e *evaluation) ofReceiver(x ast.Expr, f *scope.Func) bool {
	for {
		switch y := ast.Unparen(x).(type) {
		case *ast.SelectorExpr:
			x = y.X
			continue
		case *ast.CallExpr:
			if len(y.Args) == 1 { // strconv.Itoa(s.n), a conversion
				x = y.Args[0]
				continue
			}
		case *ast.Ident:
			v := e.pkg.VarOf(y)
			for g := f; g != nil && v != nil; g = g.Outer {
				if g.Recv() == v {
					return true
				}
			}
		}
		return false
	}
}

func (e *evaluation) variable(v *types.Var, at *ast.Ident, f *scope.Func, depth int) []Part {
	if parts, ok := e.bound[v]; ok {
		return parts
	}
	if v.IsField() || v.Pkg() != e.pkg.Types || v.Parent() == v.Pkg().Scope() || e.active[v] {
		return quiet
	}
	for g := f; g != nil; g = g.Outer {
		if slot, ok := g.SlotOf(v); ok {
			if slot == scope.Receiver || e.assigned(v) {
				return quiet
			}
			return []Part{{Kind: Param, Expr: at, Var: v, Func: g}}
		}
	}
	if e.active == nil {
		e.active = make(map[types.Object]bool)
	}
	e.active[v] = true
	defer delete(e.active, v)
	var out []Part
	for _, cur := range e.pkg.Uses(v) {
		kind, i := cur.ParentEdge()
		home := e.pkg.Enclosing(cur)
		switch p := cur.Parent().Node().(type) {
		case *ast.AssignStmt:
			if kind != edge.AssignStmt_Lhs {
				continue
			}
			if len(p.Lhs) == len(p.Rhs) {
				parts := e.parts(p.Rhs[i], home, depth+1)
				if len(parts) == 1 && parts[0].Kind == Quiet && p.Tok == token.ADD_ASSIGN {
					parts = e.piece(p.Rhs[i], home, depth+1)
				}
				out = append(out, parts...)
			}
		case *ast.ValueSpec:
			if kind == edge.ValueSpec_Names && len(p.Names) == len(p.Values) {
				out = append(out, e.parts(p.Values[i], home, depth+1)...)
			}
		case *ast.RangeStmt:
			if kind == edge.RangeStmt_Value || kind == edge.RangeStmt_Key {
				out = append(out, e.element(p, kind == edge.RangeStmt_Key, at, home)...)
			}
		}
	}
	if len(out) == 0 {
		return quiet
	}
	return out
}

// assigned reports whether a parameter gets other values.
func (e *evaluation) assigned(v *types.Var) bool {
	for _, cur := range e.pkg.Uses(v) {
		if cur.ParentEdgeKind() == edge.AssignStmt_Lhs {
			return true
		}
	}
	return false
}

// element says what a variable of a range statement is: of texts that the
// function was given, data. Fields, variables of the package and literals
// have what the program or its user has set up.
func (e *evaluation) element(r *ast.RangeStmt, key bool, at ast.Expr, f *scope.Func) []Part {
	t := e.pkg.Info.TypeOf(r.X)
	id, ok := ast.Unparen(r.X).(*ast.Ident)
	if t == nil || !ok {
		return quiet
	}
	var elem types.Type
	switch u := t.Underlying().(type) {
	case *types.Slice:
		if !key {
			elem = u.Elem()
		}
	case *types.Map:
		elem = u.Elem()
		if key {
			elem = u.Key()
		}
	}
	if b, ok := elem.(*types.Basic); !ok || b.Info()&types.IsString == 0 {
		return quiet // named types are enumerations
	}
	v := e.pkg.VarOf(id)
	for g := f; g != nil && v != nil; g = g.Outer {
		if slot, ok := g.SlotOf(v); ok && slot != scope.Receiver {
			return []Part{{Kind: Data, Expr: at}}
		}
	}
	return quiet
}

func (e *evaluation) selector(x *ast.SelectorExpr, f *scope.Func) []Part {
	t := e.pkg.Info.TypeOf(x.X)
	if otelapi.AnyMethod(t, x.Sel.Name) {
		return []Part{{Kind: Constant, Expr: x}} // a pattern takes every method that it does not name
	}
	if t != nil && e.ofMessage(x, f) {
		return []Part{{Kind: Data, Expr: x}}
	}
	if t == nil || !otelapi.ClientField(t, x.Sel.Name) {
		return quiet
	}
	if otelapi.PathOf(t, x.Sel.Name) && e.onePath(x.X, f) {
		return quiet
	}
	few := otelapi.FewRouted(x.Sel.Name)
	if few && !e.incoming(x.X, f) {
		return quiet // the program's own requests have the methods that it writes
	}
	return []Part{{Kind: Data, Expr: x, Routed: few}}
}

// ofMessage reports whether x reads a text from the message of a call that f,
// or a function around it, serves: a field, or what the getter of one returns.
// Types of the program's own for a few values are none.
func (e *evaluation) ofMessage(x ast.Expr, f *scope.Func) bool {
	if b, ok := e.pkg.Info.TypeOf(x).(*types.Basic); !ok || b.Info()&types.IsString == 0 {
		return false
	}
	for {
		switch y := ast.Unparen(x).(type) {
		case *ast.SelectorExpr:
			x = y.X
			continue
		case *ast.CallExpr:
			if sel, ok := ast.Unparen(y.Fun).(*ast.SelectorExpr); ok && len(y.Args) == 0 && strings.HasPrefix(sel.Sel.Name, "Get") {
				x = sel.X
				continue
			}
		case *ast.Ident:
			v := e.pkg.VarOf(y)
			for g := f; g != nil && v != nil; g = g.Outer {
				if slot, ok := g.SlotOf(v); ok && slot != scope.Receiver {
					return otelapi.RPCMessage(g.Sig, v)
				}
			}
		}
		return false
	}
}

// incoming reports whether a request is one that a handler has received.
func (e *evaluation) incoming(x ast.Expr, f *scope.Func) bool {
	v := e.pkg.VarOf(x)
	for g := f; g != nil && v != nil; g = g.Outer {
		if slot, ok := otelapi.HandlerSlot(g.Sig); ok && g.Slot(slot) == v {
			return true
		}
	}
	return false
}

func (e *evaluation) call(x *ast.CallExpr, f *scope.Func, depth int) []Part {
	tv := e.pkg.Info.Types[x.Fun]
	if tv.IsType() {
		if len(x.Args) == 1 {
			return e.parts(x.Args[0], f, depth+1)
		}
		return quiet
	}
	fn := e.pkg.Callee(x)
	if fn == nil {
		// A field or variable that only ever holds one function is as good as
		// its name. Where there are several somebody chooses.
		if targets, complete := e.pkg.Targets(x.Fun); complete && len(targets) == 1 && targets[0].Func != nil {
			return e.result(x, targets[0].Func, f, depth)
		}
		return quiet
	}
	switch {
	case otelapi.Formats(fn):
		return e.format(x, f, depth)
	case otelapi.ClientValue(fn), e.ofMessage(x, f):
		if sel, ok := ast.Unparen(x.Fun).(*ast.SelectorExpr); ok && e.pkg.Info.TypeOf(sel.X) != nil && otelapi.PathOf(e.pkg.Info.TypeOf(sel.X), fn.Name()) && e.onePath(sel.X, f) {
			return quiet
		}
		return []Part{{Kind: Data, Expr: x}}
	case fn.Name() == "String" && fn.Signature().Recv() != nil && fn.Signature().Params().Len() == 0:
		if sel, ok := ast.Unparen(x.Fun).(*ast.SelectorExpr); ok && e.pkg.Info.TypeOf(sel.X) != nil && otelapi.Unique(e.pkg.Info.TypeOf(sel.X)) {
			return []Part{{Kind: Data, Expr: x}}
		}
		return quiet // an enumeration, most often
	}
	if from, to, ok := otelapi.Passes(fn); ok {
		var out []Part
		for i := from; i < to && i < len(x.Args); i++ {
			out = append(out, e.piece(x.Args[i], f, depth)...)
		}
		return out
	}
	return e.result(x, e.pkg.Decl(fn), f, depth)
}

// result looks into a function of the package that returns a name.
func (e *evaluation) result(x *ast.CallExpr, g, f *scope.Func, depth int) []Part {
	if g == nil || e.looking[g] || g.Sig.Results().Len() != 1 || g.Sig.Variadic() || g.Sig.Params().Len() != len(x.Args) {
		return quiet
	}
	if e.looking == nil {
		e.looking = make(map[*scope.Func]bool)
	}
	e.looking[g] = true
	defer delete(e.looking, g)
	outer := e.bound
	bound := make(map[*types.Var][]Part)
	for i, arg := range x.Args {
		if isText(g.Sig.Params().At(i).Type()) {
			bound[g.Sig.Params().At(i)] = e.parts(arg, f, depth+1)
		} else if r, ok := e.requestOf(arg, f); ok {
			if e.handed == nil {
				e.handed = make(map[*types.Var]requester)
			}
			e.handed[g.Sig.Params().At(i)] = r
		}
	}
	e.bound = bound
	defer func() { e.bound = outer }()
	var out []Part
	ast.Inspect(g.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			if len(n.Results) == 1 {
				for _, p := range e.parts(n.Results[0], g, depth+1) {
					if p.Kind == Param {
						p.Kind = Quiet // of another type: what it is is not followed
					}
					if p.Kind == Data && !(x.Pos() <= p.Expr.Pos() && p.Expr.End() <= x.End()) {
						p.Expr = x // the culprit is to be named where the span is
					}
					out = append(out, p)
				}
			}
		}
		return true
	})
	if len(out) == 0 {
		return quiet
	}
	return out
}

// format takes a call of fmt.Sprintf apart.
func (e *evaluation) format(x *ast.CallExpr, f *scope.Func, depth int) []Part {
	if len(x.Args) == 0 || x.Ellipsis.IsValid() {
		return quiet
	}
	tv := e.pkg.Info.Types[x.Args[0]]
	if tv.Value == nil || tv.Value.Kind() != constant.String {
		return quiet
	}
	pieces, ok := Verbs(constant.StringVal(tv.Value))
	if !ok {
		return quiet
	}
	var out []Part
	for _, p := range pieces {
		if p.Verb == 0 {
			out = append(out, Part{Kind: Constant, Text: p.Text, Expr: x.Args[0]})
			continue
		}
		if p.Arg+1 >= len(x.Args) {
			return quiet
		}
		if arg := x.Args[p.Arg+1]; p.Verb != 'T' {
			out = append(out, e.piece(arg, f, depth)...)
		}
	}
	return out
}

// A Piece is a text, or a verb for one argument, of a format.
type Piece struct {
	Text string
	Verb byte
	Arg  int
}

// Verbs takes a format apart. It fails for formats that number their
// arguments.
func Verbs(format string) ([]Piece, bool) {
	var out []Piece
	arg := 0
	for format != "" {
		i := strings.IndexByte(format, '%')
		if i < 0 {
			return append(out, Piece{Text: format}), true
		}
		if i > 0 {
			out = append(out, Piece{Text: format[:i]})
		}
		format = format[i+1:]
		j := 0
		for j < len(format) && strings.IndexByte("+-# 0123456789.", format[j]) >= 0 {
			j++
		}
		if j == len(format) || format[j] == '[' || format[j] == '*' {
			return nil, false
		}
		if format[j] == '%' {
			out = append(out, Piece{Text: "%"})
		} else {
			out = append(out, Piece{Verb: format[j], Arg: arg})
			arg++
		}
		format = format[j+1:]
	}
	return out, true
}
