package spanname

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/tools/go/analysis"

	"github.com/spanlint/spanlint/analyzer/internal/edit"
	"github.com/spanlint/spanlint/analyzer/internal/model"
	"github.com/spanlint/spanlint/analyzer/internal/names"
	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
)

// A fixer makes the edits of the rule, with -unsafe-fixes only: whoever looks
// for the old name no longer finds it.
type fixer struct{ m *model.Models }

func (f *fixer) open(n *names.Name) *edit.File {
	if !f.m.Config.UnsafeFixes || n.Call == nil {
		return nil
	}
	return f.m.File(n.Call)
}

// constant leaves the constant part of a name, and makes attributes of what
// was in it.
//
//	tracer.Start(ctx, fmt.Sprintf("user %s", id))
//	tracer.Start(ctx, "user", trace.WithAttributes(attribute.String("id", id)))
//
// The argument: each value is evaluated once, as before, and nothing comes
// between it and where it was; so all values must be such that attributes
// take, and must be written in the call itself.
func (f *fixer) constant(n *names.Name) *analysis.SuggestedFix {
	file := f.open(n)
	if file == nil || n.Helped || n.Call.Ellipsis.IsValid() {
		return nil
	}
	if arg, ok := otelapi.NameArg(f.m.Package.Callee(n.Call)); !ok || arg != 1 {
		return nil
	}
	texts, values, ok := f.split(n.Expr)
	if !ok || len(values) == 0 {
		return nil
	}
	name := clean(texts)
	if name == "" {
		return nil
	}
	imports := file.Imports(f.m.Pass.Pkg)
	trace, ok := imports.Prefix(otelapi.TracePath, "trace", n.Call, "WithAttributes")
	if !ok {
		return nil
	}
	attribute, ok := imports.Prefix(otelapi.OtelPath+"/attribute", "attribute", n.Call, "String", "Int", "Int64", "Bool", "Float64")
	if !ok {
		return nil
	}
	var attrs []string
	seen := make(map[string]bool)
	for _, v := range values {
		kind, key := maker(f.m.Pass.TypesInfo.TypeOf(v)), attributeKey(v)
		if kind == "" || key == "" || seen[key] {
			return nil
		}
		seen[key] = true
		attrs = append(attrs, attribute+kind+"("+strconv.Quote(key)+", "+file.Text(v)+")")
	}
	edits := append(file.Replace(n.Expr, strconv.Quote(name)), file.AddArg(n.Call, trace+"WithAttributes("+strings.Join(attrs, ", ")+")")...)
	edits = append(edits, imports.Edits()...)
	return file.Fix("Make the name constant and the value an attribute", edits)
}

// split takes a name apart, as it is written, into texts and values.
func (f *fixer) split(e ast.Expr) (texts []string, values []ast.Expr, ok bool) {
	e = ast.Unparen(e)
	if tv := f.m.Pass.TypesInfo.Types[e]; tv.Value != nil {
		text, err := strconv.Unquote(tv.Value.ExactString())
		return []string{text}, nil, err == nil
	}
	switch e := e.(type) {
	case *ast.BinaryExpr:
		if e.Op != token.ADD {
			return nil, nil, false
		}
		left, some, ok := f.split(e.X)
		if !ok {
			return nil, nil, false
		}
		right, more, ok := f.split(e.Y)
		return append(left, right...), append(some, more...), ok
	case *ast.CallExpr:
		if otelapi.Formats(f.m.Package.Callee(e)) {
			return f.splitFormat(e)
		}
	}
	return []string{"\x00"}, []ast.Expr{e}, true
}

func (f *fixer) splitFormat(call *ast.CallExpr) (texts []string, values []ast.Expr, ok bool) {
	if len(call.Args) == 0 || call.Ellipsis.IsValid() || !f.formatsElsewhere(call) {
		return nil, nil, false
	}
	tv := f.m.Pass.TypesInfo.Types[call.Args[0]]
	if tv.Value == nil {
		return nil, nil, false
	}
	format, err := strconv.Unquote(tv.Value.ExactString())
	if err != nil {
		return nil, nil, false
	}
	pieces, ok := names.Verbs(format)
	if !ok {
		return nil, nil, false
	}
	for _, p := range pieces {
		if p.Verb == 0 {
			texts = append(texts, p.Text)
			continue
		}
		if p.Arg+1 >= len(call.Args) || p.Verb == 'T' {
			return nil, nil, false
		}
		arg := call.Args[p.Arg+1]
		if v := f.m.Pass.TypesInfo.Types[arg]; v.Value != nil {
			return nil, nil, false // a part of the name that is spelled elsewhere
		}
		texts, values = append(texts, "\x00"), append(values, ast.Unparen(arg))
	}
	return texts, values, true
}

// formatsElsewhere reports whether the file needs the package of the call
// for something else: an import without a use does not compile.
func (f *fixer) formatsElsewhere(call *ast.CallExpr) bool {
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return true
	}
	id, ok := sel.X.(*ast.Ident)
	if !ok {
		return false
	}
	pkg, ok := f.m.Pass.TypesInfo.Uses[id].(*types.PkgName)
	return ok && len(f.m.Package.Uses(pkg)) > 1
}

// clean joins the texts of a name without what separated the values.
func clean(texts []string) string {
	var parts []string
	for _, text := range strings.Split(strings.Join(texts, ""), "\x00") {
		if text = strings.TrimFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }); text != "" {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, " ")
}

// maker returns the function that makes an attribute of a value.
func maker(t types.Type) string {
	b, ok := types.Unalias(t).(*types.Basic)
	if !ok {
		return ""
	}
	switch b.Kind() {
	case types.String:
		return "String"
	case types.Int:
		return "Int"
	case types.Int64:
		return "Int64"
	case types.Bool:
		return "Bool"
	case types.Float64:
		return "Float64"
	}
	return ""
}

// attributeKey returns the key for a value: the conventional one for what
// requests have, else its name.
func attributeKey(e ast.Expr) string {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return snake(e.Name)
	case *ast.SelectorExpr:
		switch types.ExprString(e) {
		case "r.URL.Path", "req.URL.Path":
			return "url.path"
		case "r.Method", "req.Method":
			return "http.request.method"
		}
		if x, ok := ast.Unparen(e.X).(*ast.Ident); ok && len(x.Name) > 2 {
			return snake(x.Name) + "." + snake(e.Sel.Name)
		}
		return snake(e.Sel.Name)
	case *ast.CallExpr: // r.PathValue("id")
		if len(e.Args) == 1 {
			if lit, ok := e.Args[0].(*ast.BasicLit); ok && lit.Kind == token.STRING {
				key, _ := strconv.Unquote(lit.Value)
				if token.IsIdentifier(key) {
					return snake(key)
				}
			}
		}
	}
	return ""
}

// snake returns a name as keys are written: orderID is order_id.
func snake(name string) string {
	var b strings.Builder
	runes := []rune(name)
	for i, r := range runes {
		if unicode.IsUpper(r) && i > 0 && (unicode.IsLower(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1])) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// own gives the span the name of its own function, where the other one's is
// spelled as the function is.
func (f *fixer) own(c names.Copy) *analysis.SuggestedFix {
	file := f.open(c.Name)
	lit, ok := ast.Unparen(c.Name.Expr).(*ast.BasicLit)
	if file == nil || !ok || c.Own == "" {
		return nil // a constant has other uses
	}
	return file.Fix("Name the span after its function", file.Replace(lit, strconv.Quote(c.Own)))
}
