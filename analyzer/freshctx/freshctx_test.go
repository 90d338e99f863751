package freshctx_test

import (
	"testing"

	"github.com/spanlint/spanlint/analyzer/freshctx"
	"github.com/spanlint/spanlint/analyzer/internal/ruletest"
)

func Test(t *testing.T) {
	ruletest.Run(t, freshctx.New) // testdata/src/freshctx
}

func TestLaunchers(t *testing.T) { ruletest.RunIn(t, "launchers", freshctx.New) }

func TestHandlers(t *testing.T) { ruletest.RunIn(t, "handlers", freshctx.New) }
