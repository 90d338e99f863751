package otelapi

import (
	"fmt"
	"go/types"
	"slices"
	"strings"
	"testing"
)

// unpublished are the modules that a module proxy may refuse. Their entries
// were read from the source.
var unpublished = []string{"github.com/Jeffail/tunny", "github.com/neilotoole/errgroup"}

// Every launcher that a table names exists in the module and has the shape
// that its entry says.
func TestLaunchers(t *testing.T) {
	tables := map[string][]string{
		"launchers": keys(launchers), "joiners": keys(joiners), "acquirers": keys(acquirers), "feeders": keys(feeders), "workers": keys(workers), "hooks": keys(hooks),
		"groupMakers": keys(groupMakers), "stopsLater": keys(stopsLater),
	}
	var paths []string
	for _, names := range tables {
		for _, name := range names {
			paths = append(paths, packageOf(name))
		}
	}
	paths = append(paths, componentPath)
	slices.Sort(paths)
	var b strings.Builder
	b.WriteString("package p\n\n")
	for _, path := range slices.Compact(paths) {
		if !slices.Contains(unpublished, path) {
			fmt.Fprintf(&b, "import _ %q\n", path)
		}
	}
	all := make(map[string]*types.Func)
	for _, pkg := range checkIn(t, testdata("launchers"), b.String()).Imports() {
		functions(pkg, all)
	}
	for table, names := range tables {
		for _, name := range names {
			if all[name] == nil && !slices.Contains(unpublished, packageOf(name)) {
				t.Errorf("%s: there is no function %s", table, name)
			}
		}
	}
	for name, l := range launchers {
		if fn := all[name]; fn != nil {
			checkLauncher(t, fn, l)
		}
	}
	for name := range groupMakers {
		if fn := all[name]; fn != nil && !IsGroup(fn.Signature().Results().At(0).Type()) {
			t.Errorf("%s returns no group", name)
		}
	}
	for name, f := range feeders {
		if fn := all[name]; fn != nil && f.Arg >= fn.Signature().Params().Len() {
			t.Errorf("%s has no argument %d", name, f.Arg)
		}
	}
	for name, arg := range workers {
		if fn := all[name]; fn != nil && !isFunc(fn.Signature().Params().At(arg).Type()) {
			t.Errorf("%s: argument %d is no function", name, arg)
		}
	}
}

func isFunc(t types.Type) bool {
	_, ok := t.Underlying().(*types.Signature)
	return ok
}

func checkLauncher(t *testing.T, fn *types.Func, l Launcher) {
	t.Helper()
	sig := fn.Signature()
	run := sig.Params().At(l.Arg).Type()
	if s, ok := run.(*types.Slice); ok && sig.Variadic() {
		run = s.Elem()
	}
	if !isFunc(run) {
		t.Errorf("%s: argument %d is no function", fn.FullName(), l.Arg)
		return
	}
	joined := false
	if recv := sig.Recv(); recv != nil {
		joined = IsGroup(recv.Type()) || joinedBy(recv.Type())
	}
	if l.Group && !joined {
		t.Errorf("%s: nothing waits for what the receiver counts", fn.FullName())
	}
	own := run.Underlying().(*types.Signature).Params()
	if has := own.Len() > 0 && IsContext(own.At(0).Type()); has != (l.Own != NoContext) {
		t.Errorf("%s: the function is handed a context: %v", fn.FullName(), has)
	}
	if l.Handle {
		result := sig.Results().At(0).Type()
		if _, ok := result.Underlying().(*types.Chan); !ok && method(result, "Wait") == nil {
			t.Errorf("%s: nobody can wait for the result", fn.FullName())
		}
	}
	if _, ok := LauncherOf(fn); !ok {
		t.Errorf("%s is not found", fn.FullName())
	}
}

// joinedBy reports whether some method of the type joins.
func joinedBy(t types.Type) bool {
	set := types.NewMethodSet(t)
	for i := range set.Len() {
		if fn, ok := set.At(i).Obj().(*types.Func); ok && Joins(fn) {
			return true
		}
	}
	return false
}

// The names of the declarations say what they are examples of.
const hookShapes = `package p

import (
	"context"

	"go.opentelemetry.io/collector/component"
	"go.uber.org/fx"
)

type exporter struct{}

func (*exporter) Start(context.Context, component.Host) error { return nil }
func (*exporter) Shutdown(context.Context) error              { return nil }
func (*exporter) Flush(context.Context) error                 { return nil }

type embeds struct{ component.ShutdownFunc }

func (*embeds) Start(context.Context, component.Host) error { return nil }

type other struct{}

func (*other) Start(context.Context) error    { return nil }
func (*other) Shutdown(context.Context) error { return nil }

type half struct{}

func (*half) Start(context.Context, component.Host) error { return nil }
func (*half) Stop(context.Context) error                  { return nil }

func helper(context.Context, component.Host, string) {}

var _ = fx.StartHook[func()]
`

func TestHooks(t *testing.T) {
	pkg := checkIn(t, testdata("launchers"), hookShapes)
	for name, want := range map[string]bool{
		"exporter.Start": true, "exporter.Shutdown": true, "exporter.Flush": false,
		"embeds.Start": true,
		"other.Start":  false, "other.Shutdown": false,
		"half.Start": true, "half.Stop": false,
	} {
		of, name, _ := strings.Cut(name, ".")
		obj, _, _ := types.LookupFieldOrMethod(types.NewPointer(pkg.Scope().Lookup(of).Type()), true, pkg, name)
		fn := obj.(*types.Func)
		if got := IsHook(fn, fn.Signature()); got != want {
			t.Errorf("%s.%s: got %v", of, name, got)
		}
	}
	if fn := pkg.Scope().Lookup("helper").(*types.Func); !IsHook(fn, fn.Signature()) || !IsHook(nil, fn.Signature()) {
		t.Error("a context beside a host is that of a hook")
	}
	for _, imp := range pkg.Imports() {
		if imp.Path() != "go.uber.org/fx" {
			continue
		}
		if !IsHooks(imp.Scope().Lookup("Hook").Type()) || IsHooks(imp.Scope().Lookup("App").Type()) {
			t.Error("fx.Hook, and nothing else, has hooks")
		}
		if !Hooks(imp.Scope().Lookup("StartHook").(*types.Func)) || Hooks(imp.Scope().Lookup("Invoke").(*types.Func)) {
			t.Error("fx.StartHook makes a hook, fx.Invoke does not")
		}
	}
	if Hooks(nil) || IsHooks(nil) || Joins(nil) || IsHook(nil, new(types.Signature)) {
		t.Error("a question about nothing is answered with yes")
	}
}
