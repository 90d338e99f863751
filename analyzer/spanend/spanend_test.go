package spanend_test

import (
	"testing"

	"github.com/spanlint/spanlint/analyzer/internal/ruletest"
	"github.com/spanlint/spanlint/analyzer/spanend"
)

func Test(t *testing.T) { ruletest.Run(t, spanend.New) }

func TestTracers(t *testing.T) { ruletest.RunIn(t, "tracers", spanend.New) }
