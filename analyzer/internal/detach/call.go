package detach

import (
	"go/ast"
	"go/types"
	"strings"
	"unicode"

	"golang.org/x/tools/go/analysis"

	"github.com/spanlint/spanlint/analyzer/internal/edit"
	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
)

// intoLiteral turns a call into a literal that starts the span and then makes
// the call.
//
//	go f(ctx, x)
//
//	go func() {
//		ctx, span := ...
//		defer span.End()
//		f(ctx, x)
//	}()
func (d *detacher) intoLiteral(g *ast.GoStmt) []analysis.TextEdit {
	at := d.argument()
	if at < 0 || d.statement() == nil {
		return nil
	}
	call := g.Call
	k := &kept{d: d}
	fun, ok := k.function(call.Fun)
	if !ok {
		return nil
	}
	args := make([]string, len(call.Args))
	for i, arg := range call.Args {
		t := d.Pass.TypesInfo.TypeOf(arg)
		if i != at && (otelapi.Pooled(t) || d.Package.Tracers.IsSpan(t)) {
			return nil
		}
		if base, ok := d.detachedArg(arg); ok && i == at {
			arg, d.again = base, true
		}
		args[i] = k.value(arg, d.paramName(i, arg))
	}
	ctx := args[at]
	if call.Ellipsis.IsValid() {
		args[len(args)-1] += "..."
	}
	start, ok := d.start(ctx, g)
	if !ok {
		return nil
	}
	if group, ok := d.tracker(d.l.Body); ok {
		k.before.WriteString(group + ".Add(1)\n")
		start = "defer " + group + ".Done()\n" + start
	}
	return d.file.Replace(g, k.before.String()+"go func() {\n\t"+strings.ReplaceAll(start, "\n", "\n\t")+
		"\n\t"+fun+"("+strings.Join(args, ", ")+")\n}()")
}

// argument returns the index of the argument that is at fault, -1 if that is
// not certain.
func (d *detacher) argument() int {
	call := d.l.Call
	for i, arg := range call.Args {
		if arg == d.Use.Expr && otelapi.IsContext(d.Pass.TypesInfo.TypeOf(arg)) {
			return i
		}
	}
	// The use is inside the callee: the argument whose value it is. That is
	// not so for a context read from a struct, or captured by a closure.
	body := d.l.Body
	if _, ok := ast.Unparen(d.Use.Expr).(*ast.SelectorExpr); ok || body == nil {
		return -1
	}
	if body.Obj == nil {
		for _, v := range d.contexts(body) {
			if outside(body, v) {
				return -1
			}
		}
	}
	found := -1
	for i, arg := range call.Args {
		if otelapi.IsContext(d.Pass.TypesInfo.TypeOf(arg)) {
			if found >= 0 {
				return -1
			}
			found = i
		}
	}
	return found
}

// paramName returns what a bound argument is called.
func (d *detacher) paramName(i int, arg ast.Expr) string {
	if otelapi.IsContext(d.Pass.TypesInfo.TypeOf(arg)) {
		return "ctx"
	}
	if fn := d.Package.Callee(d.l.Call); fn != nil {
		params := fn.Signature().Params()
		if i < params.Len() && params.At(i).Name() != "" && params.At(i).Name() != "_" {
			return params.At(i).Name()
		}
	}
	return "arg"
}

// detachedArg returns the variable in context.WithoutCancel(ctx).
func (d *detacher) detachedArg(arg ast.Expr) (ast.Expr, bool) {
	call, ok := ast.Unparen(arg).(*ast.CallExpr)
	if !ok {
		return nil, false
	}
	der, ok := otelapi.DerivationOf(d.Package.Callee(call))
	if !ok || der.Effect != otelapi.Detaches || !d.stable(call.Args[0]) {
		return nil, false
	}
	return call.Args[0], true
}

// kept keeps what a go statement has evaluated: function value, receiver and
// arguments mean inside the goroutine what they meant where it was launched.
type kept struct {
	d      *detacher
	before strings.Builder // the statements that keep values
}

// value returns a text for the value that e has now: e itself where that
// cannot change, else a variable.
func (k *kept) value(e ast.Expr, base string) string {
	if k.d.stable(e) {
		return k.d.file.Text(e)
	}
	return k.bind(k.d.file.Text(e), base)
}

func (k *kept) bind(text, base string) string {
	name := edit.FreshName(k.d.Pass.Pkg, k.d.l.Func.Body, base, k.d.taken...)
	k.d.taken = append(k.d.taken, name)
	k.before.WriteString(name + " := " + text + "\n")
	return name
}

// function returns a text for the function that is called.
func (k *kept) function(fun ast.Expr) (string, bool) {
	d := k.d
	switch fn := ast.Unparen(fun).(type) {
	case *ast.Ident:
		if _, ok := d.Pass.TypesInfo.ObjectOf(fn).(*types.Var); ok {
			return k.value(fn, fn.Name), true
		}
		return d.file.Text(fun), true
	case *ast.IndexExpr:
		return k.instance(fun, fn.X)
	case *ast.IndexListExpr:
		return k.instance(fun, fn.X)
	case *ast.SelectorExpr:
		if _, ok := d.Pass.TypesInfo.ObjectOf(fn.Sel).(*types.Var); ok {
			return k.bind(d.file.Text(fn), lowered(fn.Sel.Name)), true // a field or variable of a function type
		}
		if sel := d.Pass.TypesInfo.Selections[fn]; sel == nil || sel.Kind() == types.MethodExpr {
			return d.file.Text(fun), true
		}
		return k.receiver(fn) + "." + fn.Sel.Name, true
	}
	return "", false
}

// instance returns a text for an instance of a generic function.
func (k *kept) instance(fun, generic ast.Expr) (string, bool) {
	if sel, ok := ast.Unparen(generic).(*ast.SelectorExpr); ok {
		generic = sel.Sel
	}
	id, ok := ast.Unparen(generic).(*ast.Ident)
	if !ok {
		return "", false
	}
	_, isFunc := k.d.Pass.TypesInfo.ObjectOf(id).(*types.Func)
	return k.d.file.Text(fun), isFunc
}

// receiver returns a text for the receiver of a method. A method with a
// pointer receiver gets the address of what is addressed here.
func (k *kept) receiver(fn *ast.SelectorExpr) string {
	d := k.d
	method := d.Pass.TypesInfo.Selections[fn].Obj().(*types.Func)
	recv := method.Signature().Recv().Type()
	if isPointer(recv) && !isPointer(d.Pass.TypesInfo.TypeOf(fn.X)) && !types.IsInterface(d.Pass.TypesInfo.TypeOf(fn.X)) {
		if d.fixed(fn.X) {
			return d.file.Text(fn.X)
		}
		return k.bind("&"+d.file.Text(fn.X), receiverName(fn.X))
	}
	return k.value(fn.X, receiverName(fn.X))
}

func receiverName(e ast.Expr) string {
	switch e := ast.Unparen(e).(type) {
	case *ast.SelectorExpr:
		return lowered(e.Sel.Name)
	case *ast.Ident:
		return e.Name
	}
	return "recv"
}

// lowered returns a name with a small first letter, so that a variable named
// after a field or function looks like one.
func lowered(name string) string {
	r := []rune(name)
	r[0] = unicode.ToLower(r[0])
	return string(r)
}
