package spanloop_test

import (
	"testing"

	"github.com/spanlint/spanlint/analyzer/internal/ruletest"
	"github.com/spanlint/spanlint/analyzer/spanloop"
)

func Test(t *testing.T) { ruletest.Run(t, spanloop.New) }
