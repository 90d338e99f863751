package e2e

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// The READMEs say of spanlint and its neighbours what they report.
func TestBench(t *testing.T) {
	if testing.Short() || os.Getenv("CI") == "" {
		t.Skip("builds other linters; set CI=true to wait for it")
	}
	dir := filepath.Join(rootDir(t), "testdata", "bench")
	// Else a result from before a change of these would be taken for a new one.
	if err := filepath.WalkDir(filepath.Join(dir, "programs"), func(name string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			_, err = os.ReadFile(name)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	lookForTool(t) // the analyzers are those that it has
	now := cells(string(run(t, dir, "go", "run", ".")))
	if len(now) < 50 {
		t.Fatalf("no tables: %v", now)
	}
	for _, readme := range []string{filepath.Join(rootDir(t), "README.md"), filepath.Join(dir, "README.md")} {
		data, err := os.ReadFile(readme)
		if err != nil {
			t.Fatal(err)
		}
		_, text, ok := strings.Cut(string(data), "<!-- Written by go run . -update in testdata/bench. -->")
		text, _, end := strings.Cut(text, "<!-- End. -->")
		said := cells(text)
		if !ok || !end || len(said) == 0 {
			t.Fatalf("%s has no table", readme)
		}
		for at, want := range said {
			got, known := now[at]
			// What spanlint finds grows with its models; the READMEs may lag
			// behind, but must not promise what is not there.
			better := strings.HasPrefix(at.column, "spanlint") && !at.sound && atLeast(got, want)
			if !known || got != want && !better {
				t.Errorf("%s: %v: %q, now it is %q: go run . -update in testdata/bench", filepath.Base(filepath.Dir(readme)), at, want, got)
			}
			if strings.HasPrefix(at.column, "spanlint") && at.sound && got != "" && got != "0" {
				t.Errorf("%v: spanlint reports sound code", at)
			}
		}
	}
}

// A cell is a place in a table of testdata/bench.
type cell struct {
	row, column string
	// sound says that it is about code without a mistake.
	sound bool
}

// cells reads tables in which tools are rows or columns.
func cells(text string) map[cell]string {
	found := make(map[cell]string)
	var head []string
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "| ") {
			if !strings.HasPrefix(line, "|") {
				head = nil
			}
			continue
		}
		row := strings.Split(strings.Trim(line, "|"), "|")
		for i := range row {
			row[i] = strings.TrimSpace(row[i])
		}
		switch {
		case head == nil:
			head = row
		case head[0] == "with":
			for i := 2; i < min(len(row), len(head)); i++ {
				found[cell{row[0] + ": " + row[1], head[i], head[1] == "no mistake"}] = row[i]
			}
		default:
			for i := 1; i < min(len(row), len(head)); i++ {
				found[cell{head[i], row[0], strings.HasPrefix(head[i], "sound")}] = row[i]
			}
		}
	}
	return found
}

// atLeast compares marks, and counts.
func atLeast(got, want string) bool {
	g, err1 := strconv.Atoi(got)
	w, err2 := strconv.Atoi(want)
	if err1 != nil || err2 != nil {
		return want == "" || got == want
	}
	return g >= w
}
