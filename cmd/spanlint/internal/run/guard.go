package run

import (
	"fmt"
	"runtime/debug"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// guard returns copies of the analyzers, and of all that they require, which
// turn a panic into an error, read the given contents of files instead of
// those on disk, and keep their facts with the driver. The second list has those
// with facts.
//
// An analyzer looks up results by the analyzer it requires, so each copy gives
// its original what that one knows: the originals as keys.
func (d *driver) guard(analyzers []*analysis.Analyzer, files map[string][]byte) (guarded, factual []*analysis.Analyzer) {
	copies := make(map[*analysis.Analyzer]*analysis.Analyzer)
	var copyOf func(a *analysis.Analyzer) *analysis.Analyzer
	copyOf = func(a *analysis.Analyzer) *analysis.Analyzer {
		if c := copies[a]; c != nil {
			return c
		}
		c := new(*a)
		copies[a] = c
		c.Requires = make([]*analysis.Analyzer, len(a.Requires))
		for i, req := range a.Requires {
			c.Requires[i] = copyOf(req)
		}
		c.Run = func(pass *analysis.Pass) (result any, err error) {
			defer func() {
				if r := recover(); r != nil {
					result, err = nil, fmt.Errorf("internal error, please report it: %v %s", r, where())
				}
			}()
			own := *pass
			own.Analyzer = a
			own.ResultOf = make(map[*analysis.Analyzer]any)
			for _, req := range a.Requires {
				own.ResultOf[req] = pass.ResultOf[copies[req]]
			}
			own.ReadFile = func(name string) ([]byte, error) {
				if content, ok := files[name]; ok {
					return content, nil
				}
				return pass.ReadFile(name)
			}
			if len(a.FactTypes) == 0 {
				return a.Run(&own)
			}
			w := d.of[pass.Pkg]
			defer d.ended(w)
			view, failed := w.open(a)
			if failed != nil {
				return nil, fmt.Errorf("%s: %s@%s", failedBefore, a.Name, failed.ID)
			}
			view.lend(&own)
			result, err = a.Run(&own)
			view.own.failed = err != nil
			return result, err
		}
		if len(c.FactTypes) > 0 {
			factual = append(factual, c)
		}
		return c
	}
	for _, a := range analyzers {
		guarded = append(guarded, copyOf(a))
	}
	return guarded, factual
}

// failedBefore begins the error of an analyzer that cannot do without one that
// has failed.
const failedBefore = "failed prerequisites"

// where returns the place of a panic that is being recovered: the line of the
// stack below the one of the runtime.
func where() string {
	lines := strings.Split(string(debug.Stack()), "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, "panic(") && i+3 < len(lines) {
			place, _, _ := strings.Cut(strings.TrimSpace(lines[i+3]), " ")
			return "(" + place + ")"
		}
	}
	return ""
}
