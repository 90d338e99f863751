package otelapi

import (
	"cmp"
	"fmt"
	"go/types"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spanlint/spanlint/internal/load/loadtest"
)

// tables has the keys of every table of functions, by the table's name.
func tables() map[string][]string {
	return map[string][]string{
		"derivations": keys(derivations),
		"lenders":     keys(lenders),
		"noReturns":   keys(noReturns),
		"readers":     keys(readers),
		"senders":     keys(senders),
		"blockers":    keys(blockers),
		"beginners":   keys(beginners),
		"contextless": keys(contextless),
		"appenders":   keys(appenders),
		"stoppers":    keys(stoppers),
		"keepers":     keys(keepers),
		"waiters":     keys(waiters),
		"onward":      keys(onward),
		"turns":       keys(turns),
		"services":    keys(services),
		"performers":  keys(performers),
		"pumps":       keys(pumps),
		"starters":    keys(spanStarters),
		"takers":      keys(spanTakers),
		"facades":     keys(facades),
		"lookers":     keys(lookers),
		"timeless":    keys(timeless),
		"fills":       keys(fills),
		"spans":       spanMethods(),

		"statusSetters":  keys(statusSetters),
		"errorRecorders": keys(errorRecorders),
		"grpcStatus":     keys(grpcStatus),
		"nameArgs":       keys(nameArgs),
		"clientValues":   slices.DeleteFunc(keys(clientValues), func(name string) bool { return name == "(error).Error" }),
		"textual":        keys(textual),
	}
}

// spanMethods returns the full names of all methods that the table of span
// types knows by their names.
func spanMethods() []string {
	var list []string
	for name, s := range spanTypes {
		recv := "(*" + name + ")."
		if interfaces[name] {
			recv = "(" + name + ")."
		}
		end, _, _ := strings.Cut(s.Defer, "(")
		for _, method := range slices.Concat(s.ends, s.annotates, s.chains, keys(s.asks), []string{end, s.context}) {
			if method != "" {
				list = append(list, recv+method)
			}
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// interfaces are the types of spans that are no structs.
var interfaces = map[string]bool{
	TracePath + ".Span":                            true,
	"github.com/opentracing/opentracing-go.Span":   true,
	"gopkg.in/DataDog/dd-trace-go.v1/ddtrace.Span": true,
}

func keys[V any](m map[string]V) []string {
	var list []string
	for key := range m {
		list = append(list, key)
	}
	slices.Sort(list)
	return list
}

// packageOf returns the path of the package in a full name.
func packageOf(fullName string) string {
	name := strings.TrimLeft(fullName, "(*")
	name, _, _ = strings.Cut(name, ")")
	slash := strings.LastIndex(name, "/") + 1
	base, _, _ := strings.Cut(name[slash:], ".")
	return name[:slash] + base
}

// unchecked are the modules whose entries the test cannot look up, because
// testdata/src does not require them. They were looked up by hand, in a module
// that requires the versions the tables name.
var unchecked = []string{
	"connectrpc.com/connect",
	"github.com/alitto/pond", // see TestLaunchers
	"github.com/gin-gonic/gin",
	"github.com/go-chi/chi",
	"github.com/go-kit/log",
	"github.com/gofiber/fiber",
	"github.com/grafana/dskit",
	"github.com/hashicorp/go-hclog",
	"github.com/labstack/echo",
	"github.com/neilotoole/errgroup",
	"github.com/prometheus/client_golang",
	"github.com/rs/zerolog",
	"github.com/sirupsen/logrus",
	"github.com/uptrace/opentelemetry-go-extra",
	"go.opentelemetry.io/otel/sdk/log",
	"go.opentelemetry.io/otel/sdk/metric",
	"go.uber.org/zap",
	"golang.org/x/time",
	"k8s.io/apimachinery",
	"k8s.io/component-base",
	"k8s.io/klog",
	"sigs.k8s.io/controller-runtime",
}

func isUnchecked(path string) bool {
	return slices.ContainsFunc(unchecked, func(module string) bool { return path == module || strings.HasPrefix(path, module+"/") })
}

// check type-checks a file of package p against the module of testdata/src,
// or one in a directory that OTELAPI_MODULE names, to look up what is
// unchecked otherwise.
func check(t *testing.T, src string) *types.Package {
	t.Helper()
	return checkIn(t, cmp.Or(os.Getenv("OTELAPI_MODULE"), testdata()), src)
}

// testdata returns a directory below testdata/src.
func testdata(elem ...string) string {
	return filepath.Join(append([]string{"..", "..", "..", "testdata", "src"}, elem...)...)
}

func checkIn(t *testing.T, module, src string) *types.Package {
	t.Helper()
	return loadtest.Source(t, module, src).Roots[0].Types
}

// functions adds the functions and methods that the package declares.
func functions(pkg *types.Package, to map[string]*types.Func) {
	add := func(fn *types.Func) { to[fn.Origin().FullName()] = fn.Origin() }
	for _, name := range pkg.Scope().Names() {
		switch obj := pkg.Scope().Lookup(name).(type) {
		case *types.Func:
			add(obj)
		case *types.TypeName:
			named, ok := obj.Type().(*types.Named)
			if !ok {
				continue
			}
			for m := range named.Methods() {
				add(m)
			}
			if i, ok := named.Underlying().(*types.Interface); ok {
				for m := range i.ExplicitMethods() {
					add(m)
				}
			}
		}
	}
}

// lookUp returns the paths of the packages the tables name, and of those that
// cannot be looked up.
func lookUp() (paths, skipped []string) {
	for _, names := range tables() {
		for _, name := range names {
			paths = append(paths, packageOf(name))
		}
	}
	paths = append(paths, readerPackages...)
	paths = append(paths, TracePath+"/noop", TracePath, OtelPath)
	slices.Sort(paths)
	paths = slices.Compact(paths)
	paths = slices.DeleteFunc(paths, func(path string) bool {
		if path == "github.com/prometheus/client_golang" {
			return true // a module without a package at its root
		}
		skip := isUnchecked(path) && os.Getenv("OTELAPI_MODULE") == ""
		if skip {
			skipped = append(skipped, path)
		}
		return skip
	})
	return paths, skipped
}

// importing returns a file that imports the packages.
func importing(paths []string) string {
	var b strings.Builder
	b.WriteString("package p\n\n")
	for _, path := range paths {
		fmt.Fprintf(&b, "import _ %q\n", path)
	}
	return b.String()
}

// Every function that a table names exists, under that very name and with the
// signature that the entry says.
func TestTables(t *testing.T) {
	paths, skipped := lookUp()
	var rest, tracers []string
	for _, path := range paths {
		if spanPackages[path] {
			tracers = append(tracers, path)
		} else {
			rest = append(rest, path)
		}
	}
	all := make(map[string]*types.Func)
	imported := make(map[string]bool)
	// The tracers have a module of their own, as they bring much with them.
	for _, pkg := range slices.Concat(check(t, importing(rest)).Imports(), checkIn(t, testdata("tracers"), importing(tracers)).Imports()) {
		imported[pkg.Path()] = true
		functions(pkg, all)
	}
	for _, path := range paths {
		if !imported[path] {
			t.Errorf("there is no package %s", path)
		}
	}
	for table, names := range tables() {
		for _, name := range names {
			if all[name] == nil && !slices.Contains(skipped, packageOf(name)) {
				t.Errorf("%s: there is no function %s", table, name)
			}
		}
	}
	t.Logf("not looked up: %s", strings.Join(skipped, ", "))

	for name, d := range derivations {
		if fn := all[name]; fn != nil {
			checkDerivation(t, fn, d)
		}
	}
	for _, name := range keys(spanStarters) {
		fn := all[name]
		if fn == nil {
			continue
		}
		if !KnownTracers().IsSpan(fn.Signature().Results().At(0).Type()) {
			t.Errorf("%s returns no span", name)
		}
		if _, ok := KnownTracers().Starter(fn); !ok {
			t.Errorf("%s is not found", name)
		}
	}
	for name, taker := range spanTakers {
		if fn := all[name]; fn != nil && !KnownTracers().IsSpan(fn.Signature().Params().At(taker.Slot).Type()) {
			t.Errorf("%s: argument %d is no span", name, taker.Slot)
		}
	}
	for name, s := range spanTypes {
		recv, _, _ := receiverOf("(" + name + ").x")
		if packageOf(name) == "" || recv != name || s.Defer == "" && !s.Foreign {
			t.Errorf("%s is not a type of spans", name)
		}
	}
	for name := range lenders {
		if fn := all[name]; fn != nil && !KnownTracers().IsSpan(fn.Signature().Results().At(0).Type()) {
			t.Errorf("%s lends no span", name)
		}
	}
	for _, name := range keys(noReturns) {
		if fn := all[name]; fn != nil && fn.Signature().Results().Len() > 0 {
			t.Errorf("%s has results: it returns", name)
		}
	}
	for _, name := range slices.Concat(keys(readers), keys(stoppers), keys(waiters)) {
		// The methods of a context take none.
		if fn := all[name]; fn != nil && fn.Pkg().Path() != "context" && !IsContext(fn.Signature().Params().At(0).Type()) {
			t.Errorf("%s takes no context", name)
		}
	}
}

func checkDerivation(t *testing.T, fn *types.Func, d Derivation) {
	t.Helper()
	carries := func(v *types.Var) bool {
		return ImplementsContext(v.Type()) || IsRequest(v.Type()) || RequestContext(v.Type()) != "" || method(v.Type(), "Context") != nil
	}
	sig := fn.Signature()
	switch {
	case d.Effect == Fresh:
		if d.Arg != -2 {
			t.Errorf("%s is fresh and has an argument", fn.FullName())
		}
	case d.Arg == Receiver:
		if sig.Recv() == nil || !carries(sig.Recv()) {
			t.Errorf("%s: the receiver carries no context", fn.FullName())
		}
	case d.Arg >= sig.Params().Len() || !carries(sig.Params().At(d.Arg)):
		t.Errorf("%s: argument %d carries no context", fn.FullName(), d.Arg)
	}
	if !carries(sig.Results().At(d.Result)) {
		t.Errorf("%s: result %d carries no context", fn.FullName(), d.Result)
	}
	handles := map[Effect]func(types.Type) bool{Cancels: IsCancel, Times: IsCancel, Signals: IsCancel, Starts: IsSpan, Groups: IsGroup}
	switch is := handles[d.Effect]; {
	case is == nil && d.Handle != -1:
		t.Errorf("%s has a handle for nothing", fn.FullName())
	case is != nil && !is(sig.Results().At(d.Handle).Type()):
		t.Errorf("%s: result %d is not what ends it", fn.FullName(), d.Handle)
	}
	if got, ok := DerivationOf(fn); !ok || got != d {
		t.Errorf("%s is not found", fn.FullName())
	}
}
