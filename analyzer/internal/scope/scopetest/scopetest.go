// Package scopetest indexes packages that the tests of models have written.
package scopetest

import (
	"path/filepath"
	"testing"

	"golang.org/x/tools/go/ast/inspector"

	"github.com/spanlint/spanlint/analyzer/internal/scope"
	"github.com/spanlint/spanlint/internal/load/loadtest"
)

// Src is the module of testdata/src, as seen from a package of models: what it
// requires are the real modules of OpenTelemetry and others.
var Src = filepath.Join("..", "..", "..", "testdata", "src")

// Package indexes a package of one file, which requires what the module does;
// see [loadtest.Source].
func Package(t testing.TB, module, src string) *scope.Package {
	t.Helper()
	loaded := loadtest.Source(t, module, src)
	p := loaded.Roots[0]
	return scope.Index(loaded.Fset, p.Syntax, p.Types, p.TypesInfo, inspector.New(p.Syntax))
}
