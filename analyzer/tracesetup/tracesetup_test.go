package tracesetup_test

import (
	"testing"

	"github.com/spanlint/spanlint/analyzer/internal/ruletest"
	"github.com/spanlint/spanlint/analyzer/tracesetup"
)

func Test(t *testing.T) { ruletest.Run(t, tracesetup.New) }
