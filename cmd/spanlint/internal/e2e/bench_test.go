package e2e

import (
	"os"
	"path/filepath"
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
	summary, table, ok := strings.Cut(string(run(t, dir, "go", "run", ".")), "\n\n")
	if !ok || !strings.Contains(summary, "| spanlint |") {
		t.Fatalf("no tables: %s%s", summary, table)
	}
	for name, want := range map[string]string{
		filepath.Join(rootDir(t), "README.md"): summary,
		filepath.Join(dir, "README.md"):        strings.TrimSpace(table),
	} {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(data), want) {
			t.Errorf("%s: not what go run . prints in testdata/bench (go run . -update writes it):\n%s", name, want)
		}
	}
	// What every program of the table says of spanlint.
	for _, tool := range []string{"| spanlint |", "| spanlint -strict |"} {
		_, line, _ := strings.Cut(summary, tool)
		line, _, _ = strings.Cut(line, "\n")
		if !strings.HasSuffix(line, " 0 |") {
			t.Errorf("%s reports sound code: %s", tool, line)
		}
	}
}
