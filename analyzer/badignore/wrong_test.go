package badignore

import (
	"testing"

	"github.com/spanlint/spanlint/analyzer/internal/config"
	"github.com/spanlint/spanlint/analyzer/internal/ignore"
)

// A driver that was built with some of the rules, as nogo may be, cannot know
// the names of others.
func TestOtherRules(t *testing.T) {
	some, all := config.New(nil), config.New([]config.Rule{Rule})
	some.Add(Rule)
	for _, test := range []struct {
		name      string
		some, all string
	}{
		{"badignore", "", ""},
		{"badignored", "", `there is no rule "badignored", perhaps badignore is meant`},
		{"whatever", "", `there is no rule "whatever"`},
	} {
		n := &ignore.Name{Rule: test.name}
		if got := wrong(some, n); got != test.some {
			t.Errorf("%s among some: %q", test.name, got)
		}
		if got := wrong(all, n); got != test.all {
			t.Errorf("%s among all: %q", test.name, got)
		}
	}
}
