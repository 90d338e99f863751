package logctx_test

import (
	"testing"

	"github.com/spanlint/spanlint/analyzer/internal/ruletest"
	"github.com/spanlint/spanlint/analyzer/logctx"
)

func Test(t *testing.T) { ruletest.Run(t, logctx.New) }

func TestLoggers(t *testing.T) { ruletest.RunIn(t, "loggers", logctx.New) }
