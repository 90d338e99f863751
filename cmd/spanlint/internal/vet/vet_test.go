package vet

import (
	"bytes"
	"encoding/json"
	"regexp"
	"testing"

	"github.com/spanlint/spanlint/analyzer"
)

func TestIsCall(t *testing.T) {
	for _, test := range []struct {
		args []string
		want bool
	}{
		{[]string{"-V=full"}, true},
		{[]string{"--V=full"}, true},
		{[]string{"-flags"}, true},
		{[]string{"-json", "-strict", "/tmp/b001/vet.cfg"}, true},
		{nil, false},
		{[]string{"./..."}, false},
		{[]string{"version"}, false},
		{[]string{"-json", "./..."}, false},
	} {
		if got := IsCall(test.args); got != test.want {
			t.Errorf("IsCall(%q) = %t", test.args, got)
		}
	}
}

// The go command wants "name version devel ... buildID=x" in one line.
func TestVersion(t *testing.T) {
	var out, errs bytes.Buffer
	if code := Main([]string{"-V=full"}, &out, &errs); code != 0 {
		t.Fatal(code, errs.String())
	}
	if !regexp.MustCompile(`^[^ ]+ version devel buildID=[0-9a-f]{64}\n$`).MatchString(out.String()) {
		t.Errorf("got %q", out.String())
	}

	// The go command tells its tools which version it has.
	t.Setenv("GOVERSION", "go1.99.1")
	out.Reset()
	if code := Main([]string{"-V=full"}, &out, &errs); code != 2 || out.Len() > 0 || !regexp.MustCompile(`^spanlint: this program was built with .*, but the go command is go1\.99\.1, .*: build it again, with 'go install'\n$`).MatchString(errs.String()) {
		t.Errorf("with a newer go command: exit code %d, stdout %q, stderr %q", code, &out, &errs)
	}
}

// The go command accepts, and passes on, what is listed here: every rule and
// category of the registry, and -json, without which it would not pass that on.
func TestFlags(t *testing.T) {
	var out, errs bytes.Buffer
	if code := Main([]string{"-flags"}, &out, &errs); code != 0 {
		t.Fatal(code, errs.String())
	}
	var flags []struct {
		Name, Usage string
		Bool        bool
	}
	if err := json.Unmarshal(out.Bytes(), &flags); err != nil {
		t.Fatal(err)
	}
	isBool := make(map[string]bool)
	for _, f := range flags {
		isBool[f.Name] = f.Bool
		if f.Usage == "" {
			t.Errorf("-%s has no usage", f.Name)
		}
	}
	want := map[string]bool{"json": true, "strict": true, "unsafe-fixes": true, "enable": false, "detach": false, "first-party": false, "paths": false}
	for _, kind := range analyzer.Kinds() {
		want[kind.Name] = false
	}
	for _, rule := range analyzer.Rules() {
		want[rule.Name] = true
		for _, category := range rule.Categories {
			want[rule.Name+"."+category.Name] = true
		}
	}
	for name, b := range want {
		if got, ok := isBool[name]; !ok || got != b {
			t.Errorf("-%s: declared %t, boolean %t", name, ok, got)
		}
	}
	if len(isBool) != len(want) {
		t.Errorf("%d flags, want %d", len(isBool), len(want))
	}
	// A flag that the go command has itself would not reach us.
	for _, name := range []string{"v", "x", "n", "a", "p", "o", "C", "tags", "race", "mod", "work", "c"} {
		if _, ok := isBool[name]; ok {
			t.Errorf("-%s is a flag of the go command", name)
		}
	}
}

// A mistake in the arguments is one line and no success.
func TestBadCall(t *testing.T) {
	for _, args := range [][]string{{"-enable=nosuch", "x.cfg"}, {"-detach=x", "x.cfg"}, {"a", "x.cfg"}, {"-nosuch", "x.cfg"}} {
		var out, errs bytes.Buffer
		if code := Main(args, &out, &errs); code != 2 || bytes.Count(errs.Bytes(), []byte("\n")) != 1 || out.Len() > 0 {
			t.Errorf("%q: exit code %d, stderr %q", args, code, &errs)
		}
	}
}
