package orphanspan_test

import (
	"testing"

	"github.com/spanlint/spanlint/analyzer/internal/ruletest"
	"github.com/spanlint/spanlint/analyzer/orphanspan"
)

func Test(t *testing.T) { ruletest.Run(t, orphanspan.New) }

func TestLaunchers(t *testing.T) { ruletest.RunIn(t, "launchers", orphanspan.New) }

func TestHandlers(t *testing.T) { ruletest.RunIn(t, "handlers", orphanspan.New) }

func TestTracers(t *testing.T) { ruletest.RunIn(t, "tracers", orphanspan.New) }
