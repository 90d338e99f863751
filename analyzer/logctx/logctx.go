package logctx

import (
	_ "embed"
	"fmt"
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/analysis"

	"github.com/spanlint/spanlint/analyzer/internal/config"
	"github.com/spanlint/spanlint/analyzer/internal/edit"
	"github.com/spanlint/spanlint/analyzer/internal/launch"
	"github.com/spanlint/spanlint/analyzer/internal/model"
	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/plan"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
)

//go:embed doc.go
var doc string

const slog = "slog"

// Rule names the rule and its categories.
var Rule = config.Rule{Name: "logctx", Categories: []config.Category{
	{Name: slog, OptIn: true, Doc: "a log call is not given the context of the span around it"},
}}

// Analyzer is the rule with the default configuration.
var Analyzer = New(model.Default())

// New returns the rule, hung on a set of models.
func New(m *model.Set) *analysis.Analyzer { return m.Rule(Rule, doc, judge) }

func judge(m *model.Models) []plan.Verdict {
	j := &judging{m: m, used: usedFuncs(m)}
	for _, f := range m.Package.Funcs {
		if m.Package.IsTest(f.Node) {
			continue // nobody looks for the logs of a test in a trace
		}
		ast.Inspect(f.Body, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncLit:
				return false
			case *ast.CallExpr:
				j.call(n, f)
			}
			return true
		})
	}
	return j.verdicts
}

type judging struct {
	m        *model.Models
	used     map[string]bool // the functions that the package calls
	verdicts []plan.Verdict
}

// usedFuncs returns the functions and methods that the package uses.
func usedFuncs(m *model.Models) map[string]bool {
	used := make(map[string]bool)
	for _, obj := range m.Pass.TypesInfo.Uses {
		if fn, ok := obj.(*types.Func); ok {
			used[fn.FullName()] = true
		}
	}
	return used
}

// call judges one call.
func (j *judging) call(call *ast.CallExpr, f *scope.Func) {
	var recv types.Type
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok {
		recv = j.m.Pass.TypesInfo.TypeOf(sel.X)
	}
	l, ok := otelapi.LogCall(j.m.Package.Callee(call), recv)
	if !ok || l.Method == "" && !j.looks(l) || j.bound(call, l) {
		return
	}
	hand, ok := j.m.Launch.AtHand(call, f)
	if !ok || hand.Span.Call == nil || !hand.Named() || !otelapi.IsContext(hand.Var.Type()) {
		return // no span is known to be in it
	}
	if s := j.m.Spans.StartOf(hand.Span.Call); s != nil && s.EndedAt(call) != nil {
		return // the line belongs to no span any more
	}
	way := l.Way
	if way == "" {
		way = l.Method
	}
	j.verdicts = append(j.verdicts, plan.Verdict{
		Category: slog,
		Site:     call,
		Pos:      call.Pos(), End: call.Fun.End(),
		Message: fmt.Sprintf("%s is not given %s, so the line has no trace and no span; %s takes it", callName(call), hand.Var.Name(), way),
		Fix:     j.fix(call, l, hand),
	})
}

// looks reports whether the program has its loggers look at contexts.
func (j *judging) looks(l otelapi.Logger) bool {
	for _, name := range l.Uses {
		if j.used[name] {
			return true
		}
	}
	return false
}

// bound reports whether the logger, or the chain of calls that the line ends,
// may have a context already: it was made by a call that is given one, or the
// line itself has a field with one.
func (j *judging) bound(call *ast.CallExpr, l otelapi.Logger) bool {
	if j.given(call) {
		return true
	}
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return false
	}
	for e, depth := ast.Unparen(sel.X), 0; depth < 12; depth++ {
		switch x := e.(type) {
		case *ast.CallExpr:
			if j.given(x) {
				return true
			}
			inner, ok := ast.Unparen(x.Fun).(*ast.SelectorExpr)
			if !ok {
				return false
			}
			e = ast.Unparen(inner.X)
		case *ast.Ident:
			v := j.m.Package.VarOf(x)
			if v == nil || v.IsField() {
				return false
			}
			value, _, ok := j.m.Launch.Flow.Single(v)
			if !ok {
				// A parameter, or a variable with several values: whoever has
				// made it may have given it a context. Loggers of slog have none.
				return l.Method == "" && v.Parent() != j.m.Pass.Pkg.Scope()
			}
			e = ast.Unparen(value)
		default:
			return false
		}
	}
	return true
}

// given reports whether a call gets a context, or what another one makes of it:
// zap.Any("context", ctx).
func (j *judging) given(call *ast.CallExpr) bool {
	for _, arg := range call.Args {
		if otelapi.ImplementsContext(j.m.Pass.TypesInfo.TypeOf(arg)) {
			return true
		}
		if field, ok := ast.Unparen(arg).(*ast.CallExpr); ok {
			for _, arg := range field.Args {
				if otelapi.ImplementsContext(j.m.Pass.TypesInfo.TypeOf(arg)) {
					return true
				}
			}
		}
	}
	return false
}

// fix gives a call of slog the context.
//
//	slog.Info       (     "saved", "id", id)
//	slog.InfoContext(ctx, "saved", "id", id)
//
// The argument: the methods do the same, but that the handler is given the
// context; and to read a variable first changes nothing for what follows. Of
// other libraries the repair would need to know how they are set up.
func (j *judging) fix(call *ast.CallExpr, l otelapi.Logger, hand launch.Hand) *analysis.SuggestedFix {
	fn := j.m.Package.Callee(call)
	if l.Method == "" || fn.Pkg() == nil || fn.Pkg().Path() != "log/slog" || !edit.SameAt(j.m.Pass.Pkg, hand.Var, call.Pos()) || len(call.Args) == 0 {
		return nil
	}
	var name *ast.Ident
	switch fun := ast.Unparen(call.Fun).(type) {
	case *ast.SelectorExpr:
		name = fun.Sel
	default:
		return nil // imported with a dot
	}
	file := j.m.File(call)
	if file == nil {
		return nil
	}
	edits := file.Replace(name, l.Method)
	first := call.Args[0].Pos()
	edits = append(edits, analysis.TextEdit{Pos: first, End: first, NewText: []byte(hand.Var.Name() + ", ")})
	return file.Fix("Give the log call the context", edits)
}

func callName(call *ast.CallExpr) string {
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok {
		if id, ok := ast.Unparen(sel.X).(*ast.Ident); ok {
			return id.Name + "." + sel.Sel.Name
		}
		return sel.Sel.Name
	}
	return "the log call"
}
