package spanerror_test

import (
	"testing"

	"github.com/spanlint/spanlint/analyzer/internal/ruletest"
	"github.com/spanlint/spanlint/analyzer/spanerror"
)

func Test(t *testing.T) { ruletest.Run(t, spanerror.New) }
