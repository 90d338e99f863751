package untracked_test

import (
	"testing"

	"github.com/spanlint/spanlint/analyzer/internal/ruletest"
	"github.com/spanlint/spanlint/analyzer/untracked"
)

func Test(t *testing.T) { ruletest.Run(t, untracked.New) }

func TestLaunchers(t *testing.T) { ruletest.RunIn(t, "launchers", untracked.New) }

func TestHandlers(t *testing.T) { ruletest.RunIn(t, "handlers", untracked.New) }
