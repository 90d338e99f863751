package summary

import "golang.org/x/tools/go/analysis"

// Setup is what a call of a function does for the telemetry of the program:
// what it installs, stops, and whether traces cross its borders.
type Setup struct {
	Does SetupUse
	// StopCtx has a bit for each slot (the receiver first) whose context, not
	// detached, decides how long a provider is given to stop.
	StopCtx uint16
}

// SetupUse is a set of things that happen below a call.
type SetupUse uint16

const (
	// StopsProvider: a provider is shut down, or flushed, that the function has
	// not made itself.
	StopsProvider SetupUse = 1 << iota
	// EndsProcess: the process has ended before the function can return.
	EndsProcess
	// Installs: the global provider is set.
	Installs
	// Propagates: a propagator is chosen, globally or by hand.
	Propagates
	// Carries: a context is injected into or extracted from what travels
	// between processes, by hand or by instrumentation.
	Carries
	// Faulty: a package sets the provider and crosses the borders of the
	// process, and that no propagator is chosen can be told there.
	Faulty
	// Injects, Extracts: a context is written into a carrier, or read from one.
	Injects
	Extracts
	// WrapsQueue: clients of queues are instrumented, or have hooks that may do
	// the same.
	WrapsQueue
	// ServesTraced: servers start a span for each request.
	ServesTraced
	// ShutsDown: StopsProvider, and the provider does nothing after that.
	ShutsDown
	// EndsOnError: the process ends if the function is given an error.
	EndsOnError
)

// StopResult says what a result has to do with a provider that the call has
// made.
type StopResult uint8

const (
	// IdleStop: the result is a function that shuts the provider down, and what
	// the provider exports to is not in view. Nobody has to call it; who skips
	// a deferred call of it skips a shutdown all the same.
	IdleStop StopResult = iota + 1
	// OwnedProvider: the result is a provider that the caller must shut down.
	OwnedProvider
	// StopFunction: the result is a function, and the only one, that shuts the
	// provider down.
	StopFunction
)

// A Program is the summary of a package and all first-party packages it
// imports, for the packages that import it.
type Program struct{ Does SetupUse }

// AFact marks Program as a fact.
func (*Program) AFact() {}

// String is what tests of facts print.
func (*Program) String() string { return "program" }

// programs adds up what the package and those below it do. Facts of packages
// are handed on, so the direct imports know it all.
func (t *Table) programs(pass *analysis.Pass, own SetupUse) {
	t.Own = own
	for _, imp := range pass.Pkg.Imports() {
		var below Program
		if pass.ImportPackageFact(imp, &below) {
			t.Below |= below.Does
		}
	}
	does := t.Own | t.Below
	if t.Own&Installs != 0 && t.Own&Carries != 0 && does&Propagates == 0 {
		does |= Faulty
	}
	if does != 0 {
		pass.ExportPackageFact(&Program{does})
	}
}
