// Package detach builds the repair of the house: the detached span, which
// cuts the cancellation, starts a new root linked to its origin, defers its End
// and lets somebody wait for the work. Each condition for it is a predicate here.
package detach

import (
	"go/ast"
	"go/types"
	"go/version"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/edge"

	"github.com/spanlint/spanlint/analyzer/internal/config"
	"github.com/spanlint/spanlint/analyzer/internal/ctxflow"
	"github.com/spanlint/spanlint/analyzer/internal/edit"
	"github.com/spanlint/spanlint/analyzer/internal/launch"
	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
)

// A Site is work that needs a detached span.
type Site struct {
	Pass    *analysis.Pass
	Config  *config.Config
	Package *scope.Package
	Launch  *launch.Launch
	// Flow is that of the package.
	Flow *ctxflow.Flow
	// Use is the use of a context that is at fault, and Value what is used.
	Use   launch.Use
	Value ctxflow.Value
	// Cut says that cancellation from outside has to be cut.
	Cut bool
	// Cancel is the derivation whose deferred cancel is at fault, if one is.
	Cancel ctxflow.Step
	// WaitedFor tells whether somebody waits for a group.
	WaitedFor func(group *types.Var) bool
}

// Fix returns the edit that starts a detached span in the launched work, nil
// where that would not be sound.
//
// The argument: cutting the cancellation lets the work end by itself, which
// it does, since work that only the context stops gets no fix. Values stay.
// The span starts first in the launched function and its End is deferred
// after the trackers there, so that it runs before any of them lets a waiter
// go. What the launched function reads it reads from the same variables as
// before, or from copies made where the go statement evaluated them.
func Fix(site Site) *analysis.SuggestedFix {
	d := &detacher{Site: site, l: site.Launch}
	if !d.possible() || !d.open() {
		return nil
	}
	var edits []analysis.TextEdit
	if lit, ok := d.l.Literal(); ok {
		edits = d.inLiteral(lit)
	} else if g, ok := d.l.Node.(*ast.GoStmt); ok {
		edits = d.intoLiteral(g)
	}
	if edits == nil {
		return nil
	}
	message := "Start a detached span that links to its origin"
	if d.Config.Detach == config.DetachChild {
		message = "Start a detached child span"
	}
	return d.finish(edits, message)
}

// A detacher builds the detached span of one launch.
type detacher struct {
	Site
	l       *launch.Launch
	file    *edit.File
	imports *edit.Imports
	// perRound says that the rounds of a loop have variables of their own.
	perRound bool
	// again says that a detachment outside was dropped for the one inside.
	again bool
	// taken has the names that the edit has given away.
	taken []string
}

// possible holds the conditions that do not depend on the shape of the edit.
func (d *detacher) possible() bool {
	if _, literal := d.l.Literal(); d.l.Kind == launch.Sent && !literal {
		return false // the span belongs where the job is taken from the channel
	}
	return !d.l.Endless() && // it would never end, and its span neither
		!d.Value.Has(ctxflow.Groups) // cancelled by its group, on purpose
}

// open reads the file and checks its Go version.
func (d *detacher) open() bool {
	if d.file != nil {
		return true
	}
	pass := d.Pass
	for _, syntax := range pass.Files {
		if syntax.FileStart <= d.l.Node.Pos() && d.l.Node.Pos() < syntax.FileEnd {
			lang := version.Lang(pass.TypesInfo.FileVersions[syntax])
			if lang != "" && version.Compare(lang, "go1.21") < 0 {
				return false // no context.WithoutCancel
			}
			d.perRound = lang == "" || version.Compare(lang, "go1.22") >= 0
			file, err := edit.Open(pass.Fset, syntax, pass.ReadFile)
			if err != nil {
				return false
			}
			d.file, d.imports = file, file.Imports(pass.Pkg)
			return true
		}
	}
	return false
}

// statement returns the launch as a statement of a list, nil if it is none.
func (d *detacher) statement() ast.Stmt {
	cur, ok := d.Package.Cursor(d.l.Node)
	if !ok {
		return nil
	}
	if cur.ParentEdgeKind() == edge.ExprStmt_X {
		cur = cur.Parent()
	}
	switch cur.ParentEdgeKind() {
	case edge.BlockStmt_List, edge.CaseClause_Body, edge.CommClause_Body:
		stmt, _ := cur.Node().(ast.Stmt)
		return stmt
	}
	return nil
}

// outside reports whether a variable is declared outside the launched
// function, so that the function captures it.
func outside(body *scope.Func, v *types.Var) bool {
	return v.Pos() < body.Node.Pos() || body.Node.End() <= v.Pos()
}

// usesSpan reports whether the launched function uses a span from outside: it
// would annotate one span and work below another.
func (d *detacher) usesSpan(body *scope.Func) bool {
	return d.captures(body, func(v *types.Var) bool { return d.Package.Tracers.IsSpan(v.Type()) })
}

// usesPooled reports whether the launched function uses a framework's object,
// which serves the next request by then.
func (d *detacher) usesPooled(body *scope.Func) bool {
	return d.captures(body, func(v *types.Var) bool { return otelapi.Pooled(v.Type()) })
}

// captures reports whether the launched function uses a variable that matches
// and is not declared in its body.
func (d *detacher) captures(body *scope.Func, match func(*types.Var) bool) bool {
	found := false
	ast.Inspect(body.Body, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && !found {
			v, ok := d.Pass.TypesInfo.Uses[id].(*types.Var)
			found = ok && !v.IsField() && (v.Pos() < body.Body.Pos() || body.Body.End() <= v.Pos()) && match(v)
		}
		return !found
	})
	return found
}

func isPointer(t types.Type) bool {
	_, ok := t.Underlying().(*types.Pointer)
	return ok
}
