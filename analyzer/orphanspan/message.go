package orphanspan

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"

	"github.com/spanlint/spanlint/analyzer/internal/ctxflow"
	"github.com/spanlint/spanlint/analyzer/internal/launch"
	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
)

// markEnd marks the head of the launch: a whole literal is too much to point at.
func markEnd(l *launch.Launch) token.Pos {
	if lit, ok := l.Literal(); ok {
		return lit.Type.End()
	}
	return l.Node.End()
}

// message says what is wrong and what comes of it.
func message(l *launch.Launch, f fault) string {
	ctx, work, fn := origin(l, f), what(l), "the function"
	if f.value.Func != nil {
		fn = funcName(f.value.Func)
	}
	switch f.category {
	case canceled:
		switch {
		case f.step.Call != nil:
			return fmt.Sprintf("%s outlives %s but works with %s, which the deferred cancel ends", work, funcName(f.step.Func), ctx)
		case f.hook:
			return fmt.Sprintf("%s outlives the life-cycle hook but works with its %s, which lasts only until the hook returns", work, ctx)
		case f.proven && f.fate == launch.Reused:
			return fmt.Sprintf("%s outlives the request but works with %s, which serves another request when the handler has returned", work, ctx)
		case f.proven && f.fate == launch.CancelledAround:
			return fmt.Sprintf("%s outlives the request but works with %s, which tracing middleware cancels when the handler returns", work, ctx)
		case f.proven:
			return fmt.Sprintf("%s outlives the request but works with %s, which is cancelled when the handler returns", work, ctx)
		}
		return fmt.Sprintf("%s outlives %s but works with its %s, which is cancelled when the request ends", work, fn, ctx)
	case ended:
		if l.Endless() {
			return fmt.Sprintf("%s goes on after the span in %s has ended, so its spans hang below a parent that is gone; start a span in each round", work, ctx)
		}
		return fmt.Sprintf("%s goes on after the span in %s has ended, so its spans hang below a parent that is gone", work, ctx)
	case shared:
		return fmt.Sprintf("work shared by all callers runs on %s of the first one, whose cancellation fails the others", ctx)
	case nospan:
		return fmt.Sprintf("%s is detached but has no span of its own, so what it traces hangs below a span that has ended", work)
	}
	return fmt.Sprintf("%s is detached and has no span of its own, so what it may trace hangs below a span that has ended", work)
}

// origin names the context as the launching function has it: the argument
// where the use is inside a function launched by name, the parameter where it
// is inside a worker.
func origin(l *launch.Launch, f fault) string {
	if f.use.Func.Inside(l.Func) {
		return name(f.use.Expr)
	}
	if l.Call != nil {
		for _, arg := range l.Call.Args {
			for _, v := range l.Values(arg) {
				if v.Origin == f.value.Origin && v.Var == f.value.Var {
					return name(arg)
				}
			}
		}
	}
	if v := f.value.Var; v != nil && v.Name() != "" && f.value.Origin == ctxflow.Param {
		if otelapi.ImplementsContext(v.Type()) {
			return v.Name()
		}
		return "the context of " + v.Name()
	}
	return name(f.use.Expr)
}

func what(l *launch.Launch) string {
	switch l.Kind {
	case launch.Later:
		return "callback"
	case launch.Sent:
		return "work sent to another goroutine"
	}
	return "goroutine"
}

func funcName(f *scope.Func) string {
	if r := f.Root(); r.Obj != nil {
		return r.Obj.Name()
	}
	return "the function"
}

func calleeName(fn *types.Func) string {
	if fn == nil {
		return "the callee"
	}
	return fn.Name()
}

// name returns how the source speaks of a context: a variable, r.Context().
func name(e ast.Expr) string {
	if s := types.ExprString(e); len(s) <= 30 {
		return s
	}
	return "its context"
}
