package badignore_test

import (
	"testing"

	"golang.org/x/tools/go/analysis"

	"github.com/spanlint/spanlint/analyzer/badignore"
	"github.com/spanlint/spanlint/analyzer/internal/model"
	"github.com/spanlint/spanlint/analyzer/internal/ruletest"
	"github.com/spanlint/spanlint/analyzer/spanend"
)

// A directive is judged beside the rules that it names.
func Test(t *testing.T) {
	ruletest.Run(t, func(m *model.Set) *analysis.Analyzer {
		spanend.New(m)
		return badignore.New(m)
	})
}
