package corpus

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Result is what a run over one repository has brought.
type Result struct {
	Findings []Finding
	// Errors are the lines about what could not be checked: packages with type
	// errors, usually because a module is missing.
	Errors []string
	// Wall is the time it took, Peak the largest memory of its processes in bytes.
	Wall time.Duration
	Peak int64
}

// errAbsent says that a repository is not there as the manifest wants it.
var errAbsent = errors.New("skipped")

// At makes sure that the checkout in dir is at the commit of the manifest.
func (r Repository) At(dir string) error {
	if _, err := os.Stat(dir); err != nil {
		return fmt.Errorf("%w: there is no %s", errAbsent, dir)
	}
	out, err := exec.Command("git", "-C", dir, "rev-parse", "HEAD").Output()
	if err != nil {
		return fmt.Errorf("%w: %s is no checkout: %v", errAbsent, dir, err)
	}
	if head := strings.TrimSpace(string(out)); head != r.Commit {
		return fmt.Errorf("%w: %s is at %.12s, not at %.12s", errAbsent, dir, head, r.Commit)
	}
	return nil
}

// Run runs command, which takes the arguments of spanlint, over the modules of
// the checkout in dir. Each module has a process of its own, so that one cannot
// bring down the others, and the memory of one is gone before the next begins.
func (r Repository) Run(dir string, command func(args ...string) *exec.Cmd) (*Result, error) {
	res := new(Result)
	root, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return nil, err
	}
	functions := make(map[string]func(line int) string)
	for _, module := range r.Modules {
		cmd := command("-json", "./...")
		cmd.Dir = filepath.Join(root, filepath.FromSlash(module))
		var stdout, stderr bytes.Buffer
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		start := time.Now()
		err := cmd.Run()
		res.Wall += time.Since(start)
		if cmd.ProcessState == nil {
			return nil, err
		}
		res.Peak = max(res.Peak, peak(cmd.ProcessState))
		for line := range strings.Lines(stderr.String()) {
			res.Errors = append(res.Errors, strings.TrimSpace(line))
		}
		if code := cmd.ProcessState.ExitCode(); code < 0 || code > 2 {
			return nil, fmt.Errorf("exit code %d: %s", code, tail(stderr.Bytes()))
		}
		found, err := findings(stdout.Bytes())
		if err != nil {
			return nil, fmt.Errorf("%w: %s", err, tail(stderr.Bytes()))
		}
		for _, f := range found {
			f.Repository = r.Name
			if functions[f.Path] == nil {
				functions[f.Path] = functionsOf(f.Path)
			}
			f.Function = functions[f.Path](f.Line)
			rel, err := filepath.Rel(root, f.Path)
			if err != nil {
				return nil, err
			}
			f.Path = filepath.ToSlash(rel)
			res.Findings = append(res.Findings, f)
		}
	}
	slices.SortStableFunc(res.Findings, Finding.compare)
	return res, nil
}

// Faults returns the errors that are spanlint's own: a panic, or one of the
// named analyzers that has failed. What cannot be loaded names a place or a
// module.
func (r *Result) Faults(analyzers []string) []string {
	var faults []string
	for _, line := range r.Errors {
		own := strings.Contains(line, "internal error") || strings.HasPrefix(line, "panic:") || strings.HasPrefix(line, "fatal error:")
		for _, name := range analyzers {
			own = own || strings.Contains(line, ": "+name+": ")
		}
		if own {
			faults = append(faults, line)
		}
	}
	return faults
}

func tail(b []byte) string {
	if len(b) > 400 {
		b = b[len(b)-400:]
	}
	return string(bytes.TrimSpace(b))
}

// findings reads what spanlint -json prints.
func findings(text []byte) ([]Finding, error) {
	var tree map[string]map[string][]struct {
		Category, Posn, Message string
	}
	if err := json.Unmarshal(text, &tree); err != nil {
		return nil, err
	}
	var all []Finding
	for _, rules := range tree {
		for rule, diagnostics := range rules {
			for _, d := range diagnostics {
				m := posn.FindStringSubmatch(d.Posn)
				if m == nil {
					return nil, fmt.Errorf("a finding at %q", d.Posn)
				}
				line, _ := strconv.Atoi(m[2])
				all = append(all, Finding{Path: m[1], Line: line, Code: rule + "." + d.Category, Message: d.Message})
			}
		}
	}
	slices.SortFunc(all, func(f, g Finding) int { return cmp.Or(f.compare(g), cmp.Compare(f.Message, g.Message)) })
	return all, nil
}

var posn = regexp.MustCompile(`^(.*):(\d+):\d+$`)

// functionsOf returns the name of the function declared around a line of a Go
// file, with its receiver; of what is outside of functions it is empty.
func functionsOf(filename string) func(line int) string {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, filename, nil, parser.SkipObjectResolution)
	if err != nil {
		return func(int) string { return "" }
	}
	return func(line int) string {
		for _, decl := range f.Decls {
			decl, ok := decl.(*ast.FuncDecl)
			if !ok || line < fset.Position(decl.Pos()).Line || line > fset.Position(decl.End()).Line {
				continue
			}
			if decl.Recv == nil || len(decl.Recv.List) == 0 {
				return decl.Name.Name
			}
			return receiver(decl.Recv.List[0].Type) + "." + decl.Name.Name
		}
		return ""
	}
}

func receiver(t ast.Expr) string {
	switch t := t.(type) {
	case *ast.ParenExpr:
		return receiver(t.X)
	case *ast.StarExpr:
		return receiver(t.X)
	case *ast.IndexExpr:
		return receiver(t.X)
	case *ast.IndexListExpr:
		return receiver(t.X)
	case *ast.Ident:
		return t.Name
	}
	return "?"
}
