package config

import (
	"strings"
	"testing"
)

func TestDeclare(t *testing.T) {
	for _, test := range []struct{ kind, text, want string }{
		{"launchers", "example.com/p.Go", "example.com/p.Go"},
		{"launchers", "example.com/p.Go:1", "example.com/p.Go 1"},
		{"launchers", " example.com/p.Go : f : tracked ", "example.com/p.Go f tracked"},
		{"launchers", "(*example.com/p.Pool).Submit:tracked:detached", "(*example.com/p.Pool).Submit tracked detached"},
		{"launchers", "(example.com/p.Pool).Submit:task:waits", "(example.com/p.Pool).Submit task waits"},
		{"launchers", "gopkg.in/pool.v3.Go", "gopkg.in/pool.v3.Go"},
		{"enders", "(*example.com/p.Op).Finish:recv", "(*example.com/p.Op).Finish recv"},
		{"starters", "main.start", "main.start"},
		{"queues", "example.com/q.Publish:msg:send", "example.com/q.Publish msg send"},
	} {
		c := New(rules)
		if err := c.Declare(test.kind, test.text); err != nil {
			t.Errorf("%s: %v", test.text, err)
			continue
		}
		d := c.Declared(test.kind)[0]
		if got := strings.Join(strings.Fields(d.Func+" "+d.Arg+" "+strings.Join(d.Words, " ")), " "); got != test.want {
			t.Errorf("%s: got %s", test.text, got)
		}
	}
}

func TestDeclareWrong(t *testing.T) {
	const name = "a function is written example.com/p.Func, (example.com/p.Type).Method or (*example.com/p.Type).Method"
	for _, test := range []struct{ kind, text, want string }{
		{"runners", "p.Go", `nothing is declared under "runners"`},
		{"launchers", "", name},
		{"launchers", "Go", name},
		{"launchers", "p.", name},
		{"launchers", "example.com/p", name},
		{"launchers", "(example.com/p.Pool)", name},
		{"launchers", "(example.com/p.Pool).", name},
		{"launchers", "*example.com/p.Pool.Submit", name},
		{"launchers", "(*example.com/p.Pool[T]).Submit", name},
		{"launchers", "p.Go:", "nothing stands behind a colon"},
		{"launchers", "p.Go:traked", `"traked" is no property; did you mean "tracked"?`},
		{"launchers", "p.Go:-1", `"-1" is neither an argument (its index, its name or recv) nor a property (tracked, waits, detached, shared)`},
		{"launchers", "p.Go:0:f", `two arguments, "0" and "f"`},
		{"starters", "p.Start:0", `"0": a function of this kind has neither argument nor property`},
		{"queues", "p.Publish:sends", `"sends" is no property; did you mean "send"?`},
	} {
		err := New(rules).Declare(test.kind, test.text)
		if err == nil || !strings.HasSuffix(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %s", test.text, err, test.want)
		}
	}
}

func TestIndex(t *testing.T) {
	for arg, want := range map[string]int{"0": 0, "12": 12, "recv": -1} {
		if i, ok := (Declaration{Arg: arg}).Index(); !ok || i != want {
			t.Errorf("%s: got %d, %v", arg, i, ok)
		}
	}
	for _, arg := range []string{"", "f", "receiver"} {
		if _, ok := (Declaration{Arg: arg}).Index(); ok {
			t.Errorf("%q is an index", arg)
		}
	}
}

func TestNearest(t *testing.T) {
	words := []string{"launchers", "enders", "strict"}
	for got, want := range map[string]string{
		"launcher": "launchers", "Launchers": "launchers", "lunchers": "launchers", "ender": "enders", "stricct": "strict",
		"starters": "", "": "", "x": "", "something": "",
	} {
		if near := Nearest(got, words); near != want {
			t.Errorf("%q: got %q, want %q", got, near, want)
		}
	}
}

func TestPaths(t *testing.T) {
	c := New(rules)
	for pattern, names := range map[string][]string{
		"internal/legacy/**": {"one"},
		"**/gen/*.go":        {"two.a"},
		"./cmd":              {"one.a", "two"},
	} {
		if err := c.Disable(pattern, names); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		file, name string
		on         bool
	}{
		{"/src/m/internal/legacy/a.go", "one.a", false},
		{"/src/m/internal/legacy/deep/a.go", "one.b", false},
		{"internal/legacy/a.go", "one.a", false},
		{`C:\m\internal\legacy\a.go`, "one.a", false},
		{"/src/m/internal/legacy/a.go", "two.a", true},
		{"/src/m/internal/legacyish/a.go", "one.a", true},
		{"/src/m/legacy/a.go", "one.a", true},
		{"/src/m/api/gen/a.go", "two.a", false},
		{"/src/m/api/gen/v1/a.go", "two.a", true},
		{"/src/m/cmd/a.go", "one.a", false},
		{"/src/m/cmd/x/a.go", "two.a", false},
		{"/src/m/cmd/x/a.go", "one.b", true},
		{"/src/m/a.go", "one.a", true},
		{"/src/m/a.go", "one.more", false}, // off everywhere
	} {
		rule, category, _ := strings.Cut(test.name, ".")
		if got := c.OnIn(test.file, rule, category); got != test.on {
			t.Errorf("%s in %s: got %v", test.name, test.file, got)
		}
	}
	for pattern, want := range map[string]string{
		"a//b": `paths: "a//b" is no pattern: ""`,
		"[":    `paths: "[" is no pattern: "["`,
		"":     `paths: "" is no pattern: ""`,
		"a":    `paths: "a": say which rules or categories to disable there`,
	} {
		if err := c.Disable(pattern, nil); err == nil || err.Error() != want {
			t.Errorf("%q: got %v, want %s", pattern, err, want)
		}
	}
	if err := c.Disable("a", []string{"on"}); err == nil || !strings.Contains(err.Error(), `unknown rule "on"`) {
		t.Errorf("got %v", err)
	}
}
