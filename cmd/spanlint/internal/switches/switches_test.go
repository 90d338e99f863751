package switches

import (
	"flag"
	"io"
	"strings"
	"testing"

	"github.com/spanlint/spanlint/analyzer"
)

func config(args ...string) (*analyzer.Config, error) {
	fs := flag.NewFlagSet("", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	set := Declare(fs)
	if err := fs.Parse(args); err != nil {
		return nil, err
	}
	return set.Config()
}

// Every kind of declaration has a flag, and what it is given arrives.
func TestDeclared(t *testing.T) {
	for _, kind := range analyzer.Kinds() {
		cfg, err := config("-"+kind.Name+"=example.com/p.F,(*example.com/p.T).M", "-"+kind.Name, "example.com/p.G")
		if err != nil {
			t.Errorf("%s: %v", kind.Name, err)
			continue
		}
		var names []string
		for _, d := range cfg.Declared(kind.Name) {
			names = append(names, d.Func)
		}
		if got := strings.Join(names, " "); got != "example.com/p.F (*example.com/p.T).M example.com/p.G" {
			t.Errorf("%s: got %s", kind.Name, got)
		}
	}
}

func TestPaths(t *testing.T) {
	rule := analyzer.Rules()[0]
	category := rule.Categories[0].Name
	cfg, err := config("-paths=internal/legacy/**="+rule.Name, "-paths=gen="+rule.Name+"."+category+","+rule.Name)
	if err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]bool{"/m/internal/legacy/a.go": false, "/m/gen/a.go": false, "/m/a.go": true} {
		if got := cfg.OnIn(file, rule.Name, category); got != want {
			t.Errorf("%s: got %v", file, got)
		}
	}
}

func TestMistakes(t *testing.T) {
	for _, test := range []struct{ arg, want string }{
		{"-launchers=Go", `-launchers: "Go": a function is written`},
		{"-launchers=p.Go:0:trackd", `did you mean "tracked"?`},
		{"-paths=internal", "want a pattern, =, and rules"},
		{"-paths=internal=", `-paths: "internal": say which rules`},
		{"-paths=internal=nosuch", `unknown rule "nosuch"`},
		{"-detach=parent", "it is either link or child"},
		{"-enable=nosuch", `unknown rule "nosuch"`},
	} {
		if _, err := config(test.arg); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %s", test.arg, err, test.want)
		}
	}
}
