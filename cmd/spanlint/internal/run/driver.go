package run

import (
	"go/types"
	"maps"
	"runtime"
	"slices"
	"sync"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"
)

// A driver applies analyzers to packages, one package after the other on each
// processor, and imports first.
//
// checker.Analyze, given all packages, begins with all of them at once, keeps
// what it has computed of each until it is done with the last, and hands all
// facts on from package to package: on large programs most of the memory and a
// fifth of the time went there. So it is called for one package at a time, and
// what goes from one to the next is kept here.
type driver struct {
	// analyzers run on packages whose findings are wanted, factual ones on those
	// that they import.
	analyzers, factual []*analysis.Analyzer
	works              []*work // imports first
	of                 map[*types.Package]*work
	// after is called with the finished actions of each package, one at a time.
	after func(w *work, graph *checker.Graph)

	mu      sync.Mutex
	changed sync.Cond // some work has ended, or its facts are there
}

// A work is one package to be analyzed.
type work struct {
	pkg       *packages.Package
	matched   bool // its findings are wanted
	imports   []*work
	importers []*work
	facts     map[*analysis.Analyzer]*facts

	waits   int // imports whose facts are not there yet
	left    int // factual analyzers that have not ended
	started bool
	settled bool // its facts are there
}

// newDriver returns a driver for the analyzers, whose passes read the given
// contents of files instead of those on disk.
func newDriver(analyzers []*analysis.Analyzer, files map[string][]byte) (*driver, error) {
	if err := analysis.Validate(analyzers); err != nil {
		return nil, err
	}
	d := &driver{of: make(map[*types.Package]*work)}
	d.changed.L = &d.mu
	d.analyzers, d.factual = d.guard(analyzers, files)
	return d, nil
}

// add adds a package and, if there are facts, all that it imports.
func (d *driver) add(pkg *packages.Package) *work {
	if w := d.of[pkg.Types]; w != nil {
		return w
	}
	w := &work{pkg: pkg, facts: make(map[*analysis.Analyzer]*facts), left: len(d.factual)}
	d.of[pkg.Types] = w
	if len(d.factual) > 0 {
		for _, path := range slices.Sorted(maps.Keys(pkg.Imports)) {
			imp := d.add(pkg.Imports[path])
			imp.importers = append(imp.importers, w)
			w.imports = append(w.imports, imp)
			w.waits++
		}
	}
	d.works = append(d.works, w)
	return w
}

// run analyzes all packages that were added.
func (d *driver) run() {
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(d.works)) {
		wg.Go(func() {
			for w := d.next(); w != nil; w = d.next() {
				d.analyze(w)
			}
		})
	}
	wg.Wait()
}

// next returns the first package that can be analyzed and starts it, nil if
// there is none any more.
func (d *driver) next() *work {
	d.mu.Lock()
	defer d.mu.Unlock()
	for {
		for len(d.works) > 0 && d.works[0].started {
			d.works = d.works[1:]
		}
		if len(d.works) == 0 {
			return nil
		}
		// Have: the first of them waits for nothing but what has been started.
		for _, w := range d.works {
			if !w.started && w.waits == 0 {
				w.started = true
				return w
			}
		}
		d.changed.Wait()
	}
}

func (d *driver) analyze(w *work) {
	analyzers := d.factual
	if w.matched {
		analyzers = d.analyzers
	}
	alone := *w.pkg
	alone.Imports = nil // so that the checker leaves them to us
	graph, _ := checker.Analyze(analyzers, []*packages.Package{&alone}, &checker.Options{Sequential: true})
	d.mu.Lock()
	defer d.mu.Unlock()
	d.settle(w) // also if something failed before
	d.after(w, graph)
}

// ended notes that a factual analyzer has ended. When all have, importers need
// not wait for the rest.
func (d *driver) ended(w *work) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if w.left--; w.left == 0 {
		d.settle(w)
	}
}

func (d *driver) settle(w *work) {
	if w.settled {
		return
	}
	w.settled = true
	for _, importer := range w.importers {
		importer.waits--
	}
	d.changed.Broadcast()
}
