package lostctx_test

import (
	"testing"

	"github.com/spanlint/spanlint/analyzer/internal/ruletest"
	"github.com/spanlint/spanlint/analyzer/lostctx"
)

func Test(t *testing.T) { ruletest.Run(t, lostctx.New) }

func TestTracers(t *testing.T) { ruletest.RunIn(t, "tracers", lostctx.New) }
