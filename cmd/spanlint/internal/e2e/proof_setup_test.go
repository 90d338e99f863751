package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A setupProof is a program of testdata/proof/setup. It runs as a process
// whose exporter sends to an OTLP receiver, is repaired, and runs again.
type setupProof struct {
	dir   string
	flags string
	// before and after have what the receiver got: how many requests, and each
	// span with its kind and its parent.
	before, after string
}

var setupProofs = []setupProof{
	{"exitcanceled", "-exitflush", `0 requests`, `1 requests
		work internal`},
	{"exitfatal", "-exitflush -unsafe-fixes", `0 requests`, `1 requests
		work internal`},
	{"exitorder", "-exitflush -unsafe-fixes", `1 requests
		work internal < lost`, `1 requests
		main internal
		work internal < main`},
	{"syncer", "-tracesetup", `3 requests
		work internal
		work internal
		work internal`, `1 requests
		work internal
		work internal
		work internal`},
	{"propagator", "-tracesetup", `1 requests
		call internal
		serve internal`, `1 requests
		call internal
		serve internal < call`},
	{"sampler", "-tracesetup", `0 requests`, `1 requests
		work internal < lost`},
	{"nats", "-queuectx", `1 requests
		send producer
		process internal
		store internal < process`, `1 requests
		send producer
		process consumer < send
		store internal < process`},
	{"jetstream", "-queuectx", `1 requests
		send internal
		process consumer
		store internal < process`, `1 requests
		send producer
		process consumer < send
		store internal < process`},
}

// Programs end, are set up and cross a real broker: what arrives at the
// receiver is what the rules say is lost, and after the repair it is there.
func TestProofSetup(t *testing.T) {
	skipUnlessAsked(t)
	bin := lookForTool(t)
	dir := filepath.Join(t.TempDir(), "setup")
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(rootDir(t), "testdata", "proof", "setup"))); err != nil {
		t.Fatal(err)
	}
	programs := t.TempDir()
	run(t, dir, "go", "build", "-o", programs+string(filepath.Separator), "./...")
	for _, p := range setupProofs {
		compareLines(t, p.dir+" as it is", received(t, programs, p.dir), p.before)
	}
	for _, p := range setupProofs {
		flags := append(strings.Fields(p.flags), "-fix", "./"+p.dir)
		if code, out, stderr := call(t, dir, bin.path, flags...); code > 1 {
			t.Fatalf("spanlint %s exits %d:\n%s%s", strings.Join(flags, " "), code, out, stderr)
		}
		flags = append(strings.Fields(p.flags), "./"+p.dir)
		if code, out, _ := call(t, dir, bin.path, flags...); code != 0 {
			t.Errorf("%s is repaired and still has findings:\n%s", p.dir, out)
		}
	}
	run(t, dir, "go", "build", "-o", programs+string(filepath.Separator), "./...")
	for _, p := range setupProofs {
		compareLines(t, p.dir+" repaired", received(t, programs, p.dir), p.after)
	}
}

// received runs a program below the receiver and returns a line for each thing
// that has arrived. A parent that has not is called lost.
func received(t *testing.T, programs, name string) []string {
	t.Helper()
	var got struct {
		Requests int
		Spans    []struct{ Name, Kind, Trace, ID, Parent string }
	}
	out := run(t, programs, filepath.Join(programs, "receiver"), filepath.Join(programs, name))
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
	lines := []string{fmt.Sprintf("%d requests", got.Requests)}
	for _, s := range got.Spans {
		line := s.Name + " " + s.Kind
		if s.Parent != "" {
			parent := "lost"
			for _, p := range got.Spans {
				if p.ID == s.Parent && p.Trace == s.Trace {
					parent = p.Name
				}
			}
			line += " < " + parent
		}
		lines = append(lines, line)
	}
	return lines
}

func compareLines(t *testing.T, what string, got []string, table string) {
	t.Helper()
	var want []string
	for line := range strings.Lines(table) {
		want = append(want, strings.TrimSpace(line))
	}
	if !slices.Equal(got, want) {
		t.Errorf("%s: the receiver got\n%s\nwant\n%s", what, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
