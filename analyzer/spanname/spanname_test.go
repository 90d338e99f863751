package spanname_test

import (
	"testing"

	"github.com/spanlint/spanlint/analyzer/internal/ruletest"
	"github.com/spanlint/spanlint/analyzer/spanname"
)

func Test(t *testing.T) { ruletest.Run(t, spanname.New) }

func TestHandlers(t *testing.T) { ruletest.RunIn(t, "handlers", spanname.New) }
