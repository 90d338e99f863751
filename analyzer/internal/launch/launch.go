// Package launch answers what a package runs concurrently or later, what that
// work uses, whether somebody waits for it, and whether the function that
// launches it serves a request.
//
// It knows no rules. A launch it does not understand has no body, and a
// question it cannot answer has the answer that keeps a rule silent.
package launch

import (
	"go/ast"
	"go/token"
	"go/types"
	"iter"
	"slices"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/spanlint/spanlint/analyzer/internal/ctxflow"
	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/path"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
	"github.com/spanlint/spanlint/analyzer/internal/summary"
)

// A Kind is how something is launched.
type Kind int

const (
	// Go is a go statement.
	Go Kind = iota
	// Pooled is a group or pool that runs its argument in a goroutine.
	Pooled
	// Later is a timer or an event.
	Later
	// Shared runs once, for whoever asks first and for all others.
	Shared
	// Helped is a function of the user's that launches its argument.
	Helped
	// Sent is a value sent on a channel that another function drains.
	Sent
)

// A Launch is one place at which work is launched.
type Launch struct {
	Kind Kind
	// Node is the go statement, the call or the send statement.
	Node ast.Node
	// Func is the function that launches.
	Func *scope.Func
	// Body is the function that runs, nil if it is not in view.
	Body *scope.Func
	// Call is the call that runs: that of a go statement, or the launching
	// call itself. It is nil for Sent.
	Call *ast.CallExpr
	// Fn is the function value that is launched: the literal, the function
	// named by a go statement, or the value sent.
	Fn ast.Expr
	// Group is the receiver that counts the work, nil if none does.
	Group ast.Expr
	// Pool is the receiver that runs the work and does not count it, nil if
	// there is none.
	Pool ast.Expr
	// Env binds the body's parameters to the arguments.
	Env *ctxflow.Env
	// forever is set for Shared work that runs once in the life of the process.
	forever bool
	// repeated is set for work that runs again and again.
	repeated bool
	// own is how long the context lasts that the launcher hands to the work.
	own otelapi.Lifetime
	// tracked is set where a wrapper around the work tells when it is done.
	tracked bool
	// handle is the variable that stands for this piece of work.
	handle *types.Var

	index *Index
	uses  []Use
	read  bool
	roots map[types.Object]bool
	// holders are the roots, and what holds them.
	holders map[types.Object]bool
	// others are the other ends of the work.
	others map[types.Object]bool
	// pipeReaders are the readers of the pipes that the work fills.
	pipeReaders map[types.Object]bool
	// following is set while it is asked who waits for their readers.
	following bool
	// answersOn are the fields with the channels on which the work sends.
	answersOn   []*types.Var
	answersRead bool
	// waiting remembers which nodes wait for the work.
	waiting map[ast.Node]bool
}

// Forever reports whether shared work runs once and never again. That is how
// start-up code is written too, so only a proven request makes it a fault, or
// that a failure is kept for all who come later.
func (l *Launch) Forever() bool { return l.forever }

// KeepsError reports whether the work puts an error into a field, or a variable
// of the package: what has failed once has failed for ever. What a Once of the
// package guards is not asked, for that is how programs start what they have
// one of.
func (l *Launch) KeepsError() bool {
	if l.Body == nil || l.index.ofPackage(l.Call) {
		return false
	}
	found := false
	l.index.eachRun(l.Body, func(n ast.Node) {
		assign, ok := n.(*ast.AssignStmt)
		if !ok {
			return
		}
		for _, lhs := range assign.Lhs {
			v := l.index.pkg.VarOf(lhs)
			found = found || v != nil && scope.Lasts(v) && isErr(v.Type())
		}
	})
	return found
}

// ofPackage reports whether a call is of a method of a package variable.
func (x *Index) ofPackage(call *ast.CallExpr) bool {
	if call == nil {
		return false
	}
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return false
	}
	v := x.pkg.VarOf(sel.X)
	return v != nil && v.Kind() == types.PackageVar
}

// Repeated reports whether the work runs again and again, by a schedule that no
// context ends.
func (l *Launch) Repeated() bool { return l.repeated && l.Kind == Later }

// Own reports whether the launcher hands the work a context of its own.
func (l *Launch) Own() bool { return l.own != otelapi.NoContext }

// Literal returns the literal that is launched where it stands.
func (l *Launch) Literal() (*ast.FuncLit, bool) {
	lit, ok := ast.Unparen(l.Fn).(*ast.FuncLit)
	return lit, ok
}

// An Index has the launches of one package.
type Index struct {
	Flow *ctxflow.Flow

	pkg        *scope.Package
	table      *summary.Table
	candidates []candidate
	launches   []*Launch
	byBody     map[*scope.Func][]*Launch
	byRoot     map[*scope.Func][]*Launch // by the declaration that launches
	byNode     map[ast.Node]*Launch
	requests   map[*types.Var]*request
	given      map[*ast.CallExpr][]Use // the uses of calls, looked at by themselves
	drains     map[*types.Var][]drain
	waitersOf  map[*types.Var]map[*scope.Func]bool
	scopes     map[*types.Var]bool // see perRequest
}

// A candidate is a place that launches something, whatever summaries say.
type candidate struct {
	node ast.Node
	fn   *scope.Func
}

// Of finds the launches of the table's package. The table is complete.
func Of(t *summary.Table) *Index {
	type key struct{ t *summary.Table }
	return t.Pkg.Memo(key{t}, func() any { return index(t) }).(*Index)
}

func index(t *summary.Table) *Index {
	x := &Index{pkg: t.Pkg, table: t, Flow: ctxflow.New(t)}
	for _, f := range t.Pkg.Funcs {
		x.collect(f)
	}
	x.Refresh()
	return x
}

// Refresh judges the candidates anew, after summaries have grown.
func (x *Index) Refresh() {
	x.launches = nil
	x.byBody = make(map[*scope.Func][]*Launch)
	x.byRoot = make(map[*scope.Func][]*Launch)
	x.byNode = make(map[ast.Node]*Launch)
	x.given = make(map[*ast.CallExpr][]Use)
	x.requests = make(map[*types.Var]*request)
	x.waitersOf = make(map[*types.Var]map[*scope.Func]bool)
	x.scopes = make(map[*types.Var]bool)
	for _, c := range x.candidates {
		l := x.launch(c)
		if l == nil {
			continue
		}
		l.index = x
		x.launches = append(x.launches, l)
		x.byNode[l.Node] = l
		x.byRoot[l.Func.Root()] = append(x.byRoot[l.Func.Root()], l)
		if l.Body != nil {
			x.byBody[l.Body] = append(x.byBody[l.Body], l)
		}
	}
}

// Launches returns the launches in source order of their functions.
func (x *Index) Launches() []*Launch { return x.launches }

// LaunchesOf returns the launches whose body is f.
func (x *Index) LaunchesOf(f *scope.Func) []*Launch { return x.byBody[f] }

// collect notes what could be a launch in f itself, not in its literals.
func (x *Index) collect(f *scope.Func) {
	inOwn(f, func(n ast.Node) {
		switch n := n.(type) {
		case *ast.GoStmt:
			x.candidates = append(x.candidates, candidate{n, f})
		case *ast.SendStmt:
			if x.sendable(n.Value) {
				x.candidates = append(x.candidates, candidate{n, f})
			}
		case *ast.CallExpr:
			if _, ok := otelapi.FeederOf(x.pkg.Callee(n)); ok {
				x.candidates = append(x.candidates, candidate{n, f})
				return
			}
			for _, arg := range n.Args {
				if t := x.pkg.Info.TypeOf(arg); t != nil {
					if _, ok := t.Underlying().(*types.Signature); ok {
						x.candidates = append(x.candidates, candidate{n, f})
						return
					}
				}
			}
		}
	})
	x.collectDrains(f)
}

// sendable reports whether the value is work for somebody else: a function,
// or a struct that can carry a context.
func (x *Index) sendable(e ast.Expr) bool {
	t := x.pkg.Info.TypeOf(e)
	if t == nil {
		return false
	}
	if _, ok := t.Underlying().(*types.Signature); ok {
		return true
	}
	return carriesField(t) || ctxflow.Carries(t)
}

// carriesField reports whether t is a struct, or a pointer to one, with a
// field that carries a context.
func carriesField(t types.Type) bool {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok || ctxflow.Carries(t) {
		return false
	}
	for i := range st.NumFields() {
		if ctxflow.Carries(st.Field(i).Type()) {
			return true
		}
	}
	return false
}

func (x *Index) launch(c candidate) *Launch {
	switch n := c.node.(type) {
	case *ast.GoStmt:
		l := &Launch{Kind: Go, Node: n, Func: c.fn, Call: n.Call, Fn: n.Call.Fun}
		var inside ast.Expr
		if inside, l.tracked = x.unwrapped(l.Fn); inside != l.Fn {
			l.Body, l.Env = x.resolve(inside, nil, n, c.fn) // go recovering(f)()
		} else {
			l.Body, l.Env = x.resolve(n.Call.Fun, n.Call, n, c.fn)
		}
		return l
	case *ast.SendStmt:
		return x.sent(n, c.fn)
	case *ast.CallExpr:
		return x.launching(n, c.fn)
	}
	return nil
}

// launching returns the launch of a call that runs one of its arguments
// concurrently: by the table, by the shape of a group, or by its summary.
func (x *Index) launching(call *ast.CallExpr, f *scope.Func) *Launch {
	fn := x.pkg.Callee(call)
	l := &Launch{Node: call, Func: f, Call: call}
	arg := -1
	if known, ok := otelapi.LauncherOf(fn); ok {
		arg = known.Arg
		switch known.When {
		case otelapi.Concurrent:
			l.Kind = Pooled
		case otelapi.Later:
			l.Kind = Later
		case otelapi.Repeated:
			l.Kind, l.repeated = Later, true
		case otelapi.Shared:
			l.Kind = Shared
		case otelapi.Once:
			l.Kind, l.forever = Shared, true
		case otelapi.Awaited:
			return nil // part of the function that calls
		}
		l.own = known.Own
		if fn.Signature().Recv() != nil {
			recv, _ := ctxflow.Argument(call, scope.Receiver)
			if known.Group {
				l.Group = recv
			} else if l.Kind == Pooled {
				l.Pool = recv
			}
		}
		if known.Handle {
			l.handle = x.Flow.Result(call, 0)
		}
	} else if feeder, ok := otelapi.FeederOf(fn); ok {
		return x.fed(feeder, call, f)
	} else if sum := x.table.Call(call); sum != nil {
		for i := range call.Args {
			if use := sum.SlotAt(x.slot(call, i)).Func; use&(summary.Launched|summary.RunsOnce) != 0 && isFuncType(x.pkg.Info.TypeOf(call.Args[i])) {
				arg = i
				l.Kind = Helped
				l.repeated = use&summary.Loops != 0
				l.handle = x.Flow.Result(call, 0)
				if use&summary.Launched == 0 {
					l.Kind = Shared
				}
				if recv, ok := ctxflow.Argument(call, scope.Receiver); ok && use&summary.Tracked != 0 && (x.isGroup(recv) || x.canWait(recv)) {
					l.Group = recv
				}
				break
			}
		}
	} else if fn == nil {
		return nil
	} else if recv := fn.Signature().Recv(); recv != nil && otelapi.IsGroup(recv.Type()) {
		// Anything that can be waited for and runs functions is a group.
		for i, a := range call.Args {
			if sig, ok := scope.Underlying(x.pkg.Info, a).(*types.Signature); ok && sig.Params().Len() <= 1 {
				arg, l.Kind = i, Pooled
				l.Group, _ = ctxflow.Argument(call, scope.Receiver)
			}
		}
	}
	if arg < 0 || arg >= len(call.Args) {
		return nil
	}
	l.Fn = call.Args[arg]
	var inside ast.Expr
	inside, l.tracked = x.unwrapped(l.Fn)
	l.Body, l.Env = x.resolve(inside, nil, call, f)
	if l.Kind == Helped {
		x.bindHanded(l, arg)
	}
	return l
}

func isFuncType(t types.Type) bool {
	if t == nil {
		return false
	}
	_, ok := t.Underlying().(*types.Signature)
	return ok
}

// bindHanded binds the context parameter of work to the context that a helper
// is given beside it, where the helper calls the work with that one, or with
// what it makes of it.
func (x *Index) bindHanded(l *Launch, arg int) {
	sum := x.table.Call(l.Call)
	slot := sum.SlotAt(x.slot(l.Call, arg))
	if l.Body == nil || slot.Func&summary.Called != 0 {
		return
	}
	if slot.Given.Known && (slot.Given.Detached || slot.Given.Started) {
		if i := contextSlot(l.Body.Sig); i >= 0 && l.Env.Bound[l.Body.Sig.Params().At(i)].Expr == nil {
			if b, ok := ctxflow.Given(slot.Given, l.Call, l.Func); ok {
				l.Env.Bound[l.Body.Sig.Params().At(i)] = b
			}
		}
		return
	}
	var param *types.Var
	for i := range l.Body.Sig.Params().Len() {
		if p := l.Body.Sig.Params().At(i); ctxflow.Carries(p.Type()) {
			if param != nil {
				return
			}
			param = p
		}
	}
	if param == nil || l.Env.Bound[param].Expr != nil {
		return
	}
	given := -1
	for i, a := range l.Call.Args {
		if t := x.pkg.Info.TypeOf(a); t == nil || !ctxflow.Carries(t) || sum.SlotAt(i).Ctx&summary.Loses == 0 {
			continue
		}
		if given >= 0 {
			return
		}
		given = i
	}
	if given >= 0 && types.Identical(x.pkg.Info.TypeOf(l.Call.Args[given]), param.Type()) {
		l.Env.Bound[param] = ctxflow.Binding{Expr: l.Call.Args[given], Func: l.Func}
	}
}

// sent returns the launch of a value sent on a channel that a function of
// this package drains, or of a function sent on any channel.
func (x *Index) sent(n *ast.SendStmt, f *scope.Func) *Launch {
	l := &Launch{Kind: Sent, Node: n, Func: f, Fn: n.Value}
	if _, ok := scope.Underlying(x.pkg.Info, n.Value).(*types.Signature); ok {
		l.Body, l.Env = x.resolve(n.Value, nil, n, f)
		return l
	}
	ch := originVar(x.pkg.VarOf(n.Chan))
	if ch == nil || x.Flow.Owner(ch) != nil {
		return nil // a local channel: the launch is the goroutine that drains it
	}
	for _, d := range x.drains[ch] {
		if d.fn.Inside(f.Root()) || d.into == nil {
			continue
		}
		l.Body = d.fn
		l.Env = &ctxflow.Env{Bound: map[*types.Var]ctxflow.Binding{d.into: {Expr: n.Value, Func: f}}}
		return l
	}
	return nil
}

// A drain is a function that receives from a channel into a variable, or calls
// at once what it receives.
type drain struct {
	fn   *scope.Func
	into *types.Var // nil for what is called at once
	at   ast.Node
}

// A Taker is a function that takes values from a channel, one by one.
type Taker struct {
	Func *scope.Func
	loop ast.Node
	into *types.Var
	pkg  *scope.Package
}

// During reports whether a node stands where a value has been taken.
func (t Taker) During(n ast.Node) bool { return t.loop.Pos() <= n.Pos() && n.End() <= t.loop.End() }

// Given returns the calls that are given what has been taken, as it is.
func (t Taker) Given() []*ast.CallExpr {
	var out []*ast.CallExpr
	for _, cur := range t.pkg.Uses(t.into) {
		if cur.ParentEdgeKind() == edge.CallExpr_Args && t.During(cur.Node()) {
			out = append(out, cur.Parent().Node().(*ast.CallExpr))
		}
	}
	return out
}

// Takers returns the functions of the package that take, in a loop, what a
// statement sends, on a channel that is no local variable.
func (x *Index) Takers(send *ast.SendStmt) []Taker {
	ch := originVar(x.pkg.VarOf(send.Chan))
	if ch == nil || x.Flow.Owner(ch) != nil {
		return nil
	}
	var out []Taker
	for _, d := range x.drains[ch] {
		cur, ok := x.pkg.Cursor(d.at)
		if !ok || d.into == nil || x.pkg.IsTest(d.at) {
			continue
		}
		for loop := range cur.Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil)) {
			if d.fn.Body.Pos() <= loop.Node().Pos() {
				out = append(out, Taker{d.fn, loop.Node(), d.into, x.pkg})
			}
			break
		}
	}
	return out
}

func (x *Index) collectDrains(f *scope.Func) {
	if x.drains == nil {
		x.drains = make(map[*types.Var][]drain)
	}
	note := func(at ast.Node, ch, into ast.Expr) {
		v := originVar(x.pkg.VarOf(ch))
		if v == nil {
			return
		}
		var w *types.Var
		if into != nil {
			if w = x.pkg.VarOf(into); w == nil || w.IsField() {
				return
			}
		}
		x.drains[v] = append(x.drains[v], drain{f, w, at})
	}
	inOwn(f, func(n ast.Node) {
		switch n := n.(type) {
		case *ast.RangeStmt:
			if _, ok := scope.Underlying(x.pkg.Info, n.X).(*types.Chan); ok && n.Key != nil {
				note(n, n.X, n.Key)
			}
		case *ast.AssignStmt:
			if len(n.Rhs) == 1 {
				if recv, ok := ast.Unparen(n.Rhs[0]).(*ast.UnaryExpr); ok && recv.Op == token.ARROW {
					note(n, recv.X, n.Lhs[0])
				}
			}
		case *ast.CallExpr:
			if recv, ok := ast.Unparen(n.Fun).(*ast.UnaryExpr); ok && recv.Op == token.ARROW {
				note(n, recv.X, nil) // (<-tasks)()
			}
		}
	})
}

// resolve finds the function that a function value denotes, and binds its
// parameters to the arguments of call, which is nil if they are not known.
// at is the node at which captured variables are read.
func (x *Index) resolve(fun ast.Expr, call *ast.CallExpr, at ast.Node, f *scope.Func) (*scope.Func, *ctxflow.Env) {
	env := &ctxflow.Env{Bound: make(map[*types.Var]ctxflow.Binding), At: make(map[*scope.Func]ast.Node)}
	var body *scope.Func
	switch fun := ast.Unparen(fun).(type) {
	case *ast.FuncLit:
		body = x.pkg.FuncOf(fun)
	case *ast.Ident:
		if v, ok := x.pkg.Info.ObjectOf(fun).(*types.Var); ok {
			body = x.localLiteral(v)
			if body != nil && body.Outer == f {
				env.At[body] = at
			}
		}
	case *ast.IndexExpr:
		return x.resolve(fun.X, call, at, f)
	}
	if body == nil {
		if fn, ok := x.used(fun); ok {
			body = x.pkg.Decl(fn)
		} else if v := x.pkg.VarOf(fun); v != nil && !x.isParam(v) {
			// A field that only ever holds this one. What a parameter is
			// given is launched where it is given: see Helped.
			if targets, complete := x.pkg.Targets(fun); complete && len(targets) == 1 {
				body = targets[0].Func
				x.bindReceiver(env, targets[0])
			}
		}
	}
	if body == nil {
		return nil, env
	}
	if sel, ok := ast.Unparen(fun).(*ast.SelectorExpr); ok && body.Recv() != nil && x.pkg.Info.Selections[sel] != nil && x.pkg.Info.Selections[sel].Kind() == types.MethodVal {
		env.Bound[body.Recv()] = ctxflow.Binding{Expr: sel.X, Func: f}
	}
	if call != nil {
		args := call.Args
		if sel, ok := ast.Unparen(fun).(*ast.SelectorExpr); ok && len(args) > 0 && x.pkg.Info.Selections[sel] != nil && x.pkg.Info.Selections[sel].Kind() == types.MethodExpr {
			// T.method(receiver, arguments...)
			if body.Recv() != nil {
				env.Bound[body.Recv()] = ctxflow.Binding{Expr: args[0], Func: f}
			}
			args = args[1:]
		}
		for i, arg := range args {
			if i < body.Sig.Params().Len() && !(body.Sig.Variadic() && i == body.Sig.Params().Len()-1) {
				env.Bound[body.Sig.Params().At(i)] = ctxflow.Binding{Expr: arg, Func: f}
			}
		}
	}
	return body, env
}

// bindReceiver binds the receiver of a method value.
func (x *Index) bindReceiver(env *ctxflow.Env, t scope.Target) {
	if t.Recv == nil || t.Func == nil || t.Func.Recv() == nil {
		return
	}
	if f := x.pkg.FuncAt(t.Recv); f != nil {
		env.Bound[t.Func.Recv()] = ctxflow.Binding{Expr: t.Recv, Func: f}
	}
}

// used returns the declared function that an expression names without calling it.
func (x *Index) used(fun ast.Expr) (*types.Func, bool) {
	switch fun := ast.Unparen(fun).(type) {
	case *ast.Ident:
		fn, ok := x.pkg.Info.ObjectOf(fun).(*types.Func)
		return fn, ok
	case *ast.SelectorExpr:
		fn, ok := x.pkg.Info.ObjectOf(fun.Sel).(*types.Func)
		return fn, ok
	case *ast.IndexExpr:
		return x.used(fun.X)
	}
	return nil, false
}

// localLiteral returns the literal that a variable holds, if it is ever
// assigned only that.
func (x *Index) localLiteral(v *types.Var) *scope.Func {
	rhs, _, ok := x.Flow.Single(v)
	if !ok {
		return nil
	}
	lit, ok := ast.Unparen(rhs).(*ast.FuncLit)
	if !ok {
		return nil
	}
	return x.pkg.FuncOf(lit)
}

// inOwn calls visit for every node of f's body, names and constants apart,
// that is not inside a literal; literals themselves are visited.
func inOwn(f *scope.Func, visit func(ast.Node)) {
	type key struct{ f *scope.Func }
	own := f.Pkg.Memo(key{f}, func() any {
		var own []ast.Node
		ast.Inspect(f.Body, func(n ast.Node) bool {
			switch n.(type) {
			case nil, *ast.Ident, *ast.BasicLit:
				return false
			}
			own = append(own, n)
			_, lit := n.(*ast.FuncLit)
			return !lit
		})
		return own
	}).([]ast.Node)
	for _, n := range own {
		visit(n)
	}
}

// runsInline reports whether a literal runs as part of the function around
// it: called where it stands, deferred, or given to something that is not
// known to launch or keep it.
func (x *Index) runsInline(f *scope.Func) bool {
	if f.Obj != nil {
		return false
	}
	if len(x.byBody[f]) > 0 {
		return false
	}
	cur := f.Cursor
	switch cur.ParentEdgeKind() {
	case edge.ReturnStmt_Results, edge.SendStmt_Value, edge.KeyValueExpr_Value, edge.CompositeLit_Elts:
		return false
	case edge.CallExpr_Args:
		call := cur.Parent().Node().(*ast.CallExpr)
		if isBuiltin(x.pkg.Info, call) {
			return false // appended: whoever goes through the list calls it
		}
		if sum := x.table.Call(call); sum != nil {
			use := sum.SlotAt(x.slot(call, cur.ParentEdgeIndex())).Func
			if use&summary.Wrapped != 0 && cur.Parent().ParentEdgeKind() != edge.CallExpr_Fun {
				return false // whoever has the result calls it
			}
			return use&summary.Kept == 0
		}
		return true
	case edge.AssignStmt_Rhs:
		assign := cur.Parent().Node().(*ast.AssignStmt)
		if i := cur.ParentEdgeIndex(); i < len(assign.Lhs) {
			v := x.pkg.VarOf(assign.Lhs[i])
			return v != nil && !v.IsField() && !x.keptByName(v)
		}
	}
	return true
}

// keptByName reports whether the variable that holds a literal is given to a
// function that keeps it: whoever has it then calls it.
func (x *Index) keptByName(v *types.Var) bool {
	return slices.ContainsFunc(x.pkg.Uses(v), func(cur inspector.Cursor) bool {
		if cur.ParentEdgeKind() != edge.CallExpr_Args {
			return false
		}
		call := cur.Parent().Node().(*ast.CallExpr)
		sum := x.table.Call(call)
		return sum != nil && sum.SlotAt(x.slot(call, cur.ParentEdgeIndex())).Func&summary.Kept != 0
	})
}

// DeferredCall returns the defer statement of f that calls the function held
// by a variable, directly or in a deferred literal.
func (x *Index) DeferredCall(v *types.Var, f *scope.Func) (*ast.DeferStmt, bool) {
	for d := range x.deferredCalls(v, f) {
		return d, true
	}
	return nil, false
}

// DeferredFor is DeferredCall for the cancel function of a context, and for
// something that is done with that context in the function that made it, a
// return or a launch: both are on one path, so that the deferred call does cancel
// what was done. In a branch that returns without it, it cancels something else.
func (x *Index) DeferredFor(cancel ctxflow.Step, n ast.Node) (*ast.DeferStmt, bool) {
	g := cancel.Func.Graph()
	at, ok := g.At(n)
	if !ok {
		return nil, false
	}
	for d := range x.deferredCalls(cancel.Handle, cancel.Func) {
		p, ok := g.At(d)
		if !ok {
			continue
		}
		var search path.Search
		if made, ok := g.At(cancel.Call); ok && (!isLiteral(d.Call.Fun) || encloses(made.Node(), cancel.Handle)) {
			// The deferred call keeps the function of this context; a literal reads
			// its variable only when it runs, and may find that of a later one there.
			search.Stop = func(n ast.Node) bool { return n == made.Node() }
		}
		reach := func(from, to path.Point) bool {
			_, reached := g.Reach(from, func(n ast.Node) bool { return n == to.Node() }, search)
			return reached
		}
		if p == at || reach(p, at) || reach(at, p) {
			return d, true
		}
	}
	return nil, false
}

func isLiteral(e ast.Expr) bool {
	_, ok := ast.Unparen(e).(*ast.FuncLit)
	return ok
}

// encloses reports whether a variable is declared in a node.
func encloses(n ast.Node, v *types.Var) bool { return n.Pos() <= v.Pos() && v.Pos() < n.End() }

// deferredCalls returns the defer statements of f that call the function held
// by a variable, directly or in a deferred literal.
func (x *Index) deferredCalls(v *types.Var, f *scope.Func) iter.Seq[*ast.DeferStmt] {
	return func(yield func(*ast.DeferStmt) bool) {
		for _, cur := range x.pkg.Uses(v) {
			if cur.ParentEdgeKind() != edge.CallExpr_Fun {
				continue
			}
			call := cur.Parent()
			switch g := x.pkg.Enclosing(cur); {
			case g == f && call.ParentEdgeKind() == edge.DeferStmt_Call:
				if !yield(call.Parent().Node().(*ast.DeferStmt)) {
					return
				}
			case g != nil && g.Outer == f && call.ParentEdgeKind() == edge.ExprStmt_X:
				if lit := g.Cursor; lit.ParentEdgeKind() == edge.CallExpr_Fun && lit.Parent().ParentEdgeKind() == edge.DeferStmt_Call &&
					call.Parent().Parent().Node() == g.Body && !yield(lit.Parent().Parent().Node().(*ast.DeferStmt)) {
					return
				}
			}
		}
	}
}

// Local reports whether what shares the work lives no longer than one call of
// the launching function: a local group or once.
func (x *Index) Local(l *Launch) bool {
	recv, ok := ctxflow.Argument(l.Call, scope.Receiver)
	if !ok || x.pkg.Info.Selections[ast.Unparen(l.Call.Fun).(*ast.SelectorExpr)] == nil {
		return true // sync.OnceFunc: as long as its result, which nobody follows
	}
	if _, ok := ast.Unparen(recv).(*ast.Ident); !ok {
		return false
	}
	v := x.pkg.VarOf(recv)
	owner := x.Flow.Owner(v)
	if owner == nil {
		return false
	}
	_, param := owner.SlotOf(v)
	return !param
}
