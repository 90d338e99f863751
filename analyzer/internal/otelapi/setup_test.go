package otelapi

import (
	"fmt"
	"go/types"
	"slices"
	"strings"
	"testing"
)

// setupTables has the keys of the tables of setup.go.
func setupTables() map[string][]string {
	return map[string][]string{
		"providerStops": keys(providerStops),
		"processing":    keys(processing),
		"drains":        keys(drains),
		"carriers":      keys(carriers),
		"resources":     keys(resources),
		"wrappers":      keys(wrappers),
		"chainEnds":     keys(chainEnds),
		"fatalStarts":   keys(fatalStarts),
	}
}

// Every function that a table of setup.go names exists in the real modules,
// but for zerolog, which testdata/src does not require.
func TestSetupTables(t *testing.T) {
	var paths []string
	for _, names := range setupTables() {
		for _, name := range names {
			paths = append(paths, packageOf(name))
		}
	}
	paths = append(paths, SDKPath, OtelPath)
	slices.Sort(paths)
	paths = slices.DeleteFunc(slices.Compact(paths), isUnchecked)
	var b strings.Builder
	b.WriteString("package p\n\n")
	for _, path := range paths {
		fmt.Fprintf(&b, "import _ %q\n", path)
	}
	all := make(map[string]*types.Func)
	for _, pkg := range check(t, b.String()).Imports() {
		functions(pkg, all)
	}
	for table, names := range setupTables() {
		for _, name := range names {
			if all[name] == nil && !isUnchecked(packageOf(name)) {
				t.Errorf("%s: there is no function %s", table, name)
			}
		}
	}
	for name := range propagators {
		i := strings.LastIndex(name, ".")
		pkg := check(t, "package p\n\nimport _ \""+name[:i]+"\"\n").Imports()[0]
		if !Propagates(pkg.Scope().Lookup(name[i+1:])) {
			t.Errorf("there is no %s", name)
		}
	}
	for name, is := range map[string]func(*types.Func) bool{
		"TraceIDRatioBased": SamplesRatio, "ParentBased": AsksParent, "AlwaysSample": SamplesAlike, "NeverSample": SamplesAlike,
		"WithSampler": TakesSampler, "WithResource": TakesResource, "WithBlocking": MakesBlock,
	} {
		if !is(all[SDKPath+"."+name]) {
			t.Errorf("%s is not known", name)
		}
	}
	for name, want := range map[string]bool{"ParentBased": true, "WithSampler": true, "NewTracerProvider": false} {
		if got := SetsSampling(all[SDKPath+"."+name].Signature()); got != want {
			t.Errorf("%s sets the sampling: %v", name, got)
		}
	}
	makes := all[SDKPath+".NewTracerProvider"]
	if !MakesProvider(makes) || !IsProvider(makes.Signature().Results().At(0).Type()) {
		t.Error("NewTracerProvider is not known to make a provider")
	}
	if !Installs(all[OtelPath+".SetTracerProvider"]) || !ReadsProvider(all[OtelPath+".GetTracerProvider"]) {
		t.Error("the global provider is not known")
	}
	provider := makes.Signature().Results().At(0).Type()
	for name := range neutralMethods {
		if method(provider, name) == nil {
			t.Errorf("a provider has no method %s", name)
		}
	}
	if !CanShutdown(provider) || CanShutdown(all[OtelPath+".GetTracerProvider"].Signature().Results().At(0).Type()) {
		t.Error("which providers can be shut down is not known")
	}
	exporter := all[SDKPath+".WithBatcher"].Signature().Params().At(0).Type()
	if !IsExporter(exporter) || !StopsExporter(method(exporter, "Shutdown")) || IsExporter(provider) {
		t.Error("exporters are not known")
	}
	for name := range processing {
		// The first argument is an exporter, or for the one that is chosen a processor.
		first := all[name].Signature().Params().At(0).Type()
		if how, ok := ProcessingOf(all[name]); !ok || IsExporter(first) == (how == Chosen) {
			t.Errorf("%s does not take what the table says", name)
		}
	}
	for name, want := range map[string]bool{"os.Exit": true, "log.Fatal": true, "(*log.Logger).Fatalf": true, "log.Panic": false, "runtime.Goexit": false, "(*testing.common).Fatal": false} {
		src := packageOf(name)
		pkg := check(t, "package p\n\nimport _ \""+src+"\"\n").Imports()[0]
		functions(pkg, all)
		if got := EndsProcess(all[name]); got != want {
			t.Errorf("%s ends the process: %v", name, got)
		}
	}
}
