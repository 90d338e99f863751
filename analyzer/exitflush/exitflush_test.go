package exitflush_test

import (
	"testing"

	"github.com/spanlint/spanlint/analyzer/exitflush"
	"github.com/spanlint/spanlint/analyzer/internal/ruletest"
)

func Test(t *testing.T) { ruletest.Run(t, exitflush.New) }
