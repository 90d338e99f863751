package ruledoc_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/spanlint/spanlint/analyzer/internal/ruledoc"
)

const good = `// Package lostspan reports spans that are not
// ended on every path.
//
// # What it does
//
// Follows a span:
//
//   - to one exit
//   - to another.
//
// # Why is this bad
//
// It is never exported.
//
// # Example
//
//	ctx, span := tracer.Start(ctx, "load")
//	if err != nil {
//		return err // span is not ended here
//	}
//
//	span.End()
//
// And so too:
//
//	tracer.Start(ctx, "load")
//
// Use instead:
//
//	defer span.End()
//
// # Fix and its safety
//
// Safe.
//
// # Limits
//
// Some.
//
// # Configuration
//
// None.
//
//go:generate nothing
package lostspan

import _ "embed"
`

func TestParse(t *testing.T) {
	d, err := ruledoc.Parse(good)
	if err != nil {
		t.Fatal(err)
	}
	if d.Rule != "lostspan" || d.Summary != "reports spans that are not ended on every path" {
		t.Errorf("rule %q, summary %q", d.Rule, d.Summary)
	}
	if got, want := d.Section("What it does"), "Follows a span:\n\n  - to one exit\n  - to another."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := d.Section("Configuration"); got != "None." {
		t.Errorf("got %q", got)
	}
	if got := d.Section("History"); got != "" {
		t.Errorf("got %q", got)
	}
	if want := []string{
		"ctx, span := tracer.Start(ctx, \"load\")\nif err != nil {\n\treturn err // span is not ended here\n}\n\nspan.End()\n",
		"tracer.Start(ctx, \"load\")\n",
	}; !slices.Equal(d.Examples, want) {
		t.Errorf("examples %q", d.Examples)
	}
	if want := []string{"defer span.End()\n"}; !slices.Equal(d.Instead, want) {
		t.Errorf("instead %q", d.Instead)
	}
	if s := ruledoc.Text(good); !strings.HasPrefix(s, "reports spans that are not ended on every path\n\n# What it does\n\nFollows") ||
		!strings.HasSuffix(s, "# Configuration\n\nNone.") {
		t.Errorf("text %q", s)
	}
}

func TestParseSaysWhatIsWrong(t *testing.T) {
	for _, test := range []struct{ old, new, want string }{
		{"package lostspan", "package", "expected"},
		{good[:strings.Index(good, "package lostspan")], "", "no doc comment"},
		{"// Package lostspan", "// Package other", "does not start with"},
		{"// # Limits", "// # Limit", "the headings are"},
		{"// Some.\n", "//\n", `"Limits" is empty`},
		{"// # What it does", "// Before.\n//\n// # What it does", "text before the first heading"},
		{"// Use instead:", "// Better:", "needs code"},
	} {
		_, err := ruledoc.Parse(strings.Replace(good, test.old, test.new, 1))
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q instead of %q: got %v, want %s", test.new, test.old, err, test.want)
		}
	}
	if got := ruledoc.Text("package p"); got != "documentation cannot be read: package p has no doc comment" {
		t.Errorf("got %q", got)
	}
}
