package queuectx_test

import (
	"testing"

	"github.com/spanlint/spanlint/analyzer/internal/ruletest"
	"github.com/spanlint/spanlint/analyzer/queuectx"
)

func Test(t *testing.T) { ruletest.Run(t, queuectx.New) }

func TestQueues(t *testing.T) { ruletest.RunIn(t, "queues", queuectx.New) }

func TestTracers(t *testing.T) { ruletest.RunIn(t, "tracers", queuectx.New) }
