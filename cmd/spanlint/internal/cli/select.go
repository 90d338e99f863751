package cli

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"

	"github.com/spanlint/spanlint/cmd/spanlint/internal/format"
	"github.com/spanlint/spanlint/cmd/spanlint/internal/only"
	"github.com/spanlint/spanlint/cmd/spanlint/internal/run"
	"github.com/spanlint/spanlint/internal/load"
)

// A selection says which findings are wanted: those that are new.
type selection struct {
	rev, branch, diff       string
	baselineFile, writeFile string

	changes  *only.Changes
	baseline *only.Baseline
}

func (s *selection) declare(fs *flag.FlagSet) {
	fs.StringVar(&s.rev, "new-from-rev", "", "only what is on lines changed since the git `revision`, untracked files included")
	fs.StringVar(&s.branch, "new-from-merge-base", "", "only what is on lines changed since HEAD left the `branch`")
	fs.StringVar(&s.diff, "diff-file", "", "only what is on lines that the unified diff in the `file` changes; - for stdin")
	fs.StringVar(&s.baselineFile, "baseline", "", "only what is not in the `file`, which -write-baseline has written")
}

// open reads what the selection is made by, before anything is computed.
func (s *selection) open(c *command) error {
	given := 0
	for _, v := range []string{s.rev, s.branch, s.diff} {
		if v != "" {
			given++
		}
	}
	if given > 1 {
		return errors.New("-new-from-rev, -new-from-merge-base and -diff-file exclude each other: give one of them")
	}
	dir, err := filepath.Abs(c.dir)
	if err != nil {
		return err
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil // the loader says so
	}
	switch {
	case s.rev != "":
		s.changes, err = only.SinceRevision(dir, s.rev)
	case s.branch != "":
		s.changes, err = only.SinceMergeBase(dir, s.branch)
	case s.diff != "":
		s.changes, err = only.InDiff(dir, c.inDir(s.diff), os.Stdin)
	}
	if err != nil {
		return err
	}
	if s.writeFile != "" {
		if s.baselineFile != "" && s.baselineFile != s.writeFile {
			return errors.New("-baseline and -write-baseline name two files: -write-baseline alone brings its file up to date")
		}
		if s.changes != nil {
			return errors.New("-write-baseline writes all findings: leave out -new-from-rev, -new-from-merge-base and -diff-file")
		}
		s.baselineFile = ""
		if _, err := os.Stat(c.inDir(s.writeFile)); errors.Is(err, os.ErrNotExist) {
			s.baseline = &only.Baseline{Name: s.writeFile}
			return nil
		}
		s.baseline, err = only.ReadBaseline(c.inDir(s.writeFile), s.writeFile)
		return err
	}
	if s.baselineFile != "" {
		s.baseline, err = only.ReadBaseline(c.inDir(s.baselineFile), s.baselineFile)
	}
	return err
}

// inDir returns where a file that the user has named lies: -C goes for all.
func (c *command) inDir(name string) string {
	if name == "-" || filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(c.dir, name)
}

func (s *selection) active() bool { return s.changes != nil || s.baseline != nil }

// split returns the findings that are new, and the entries of the baseline that
// no finding answers to.
func (s *selection) split(findings []format.Finding, src *format.Sources, gone func(string) bool) (fresh, old []format.Finding, left []only.Entry) {
	fresh = findings
	if s.baseline != nil {
		fresh, old, left = s.baseline.Split(fresh, src, gone)
	}
	if s.changes != nil {
		var changed []format.Finding
		for _, f := range fresh {
			if s.changes.Has(f) {
				changed = append(changed, f)
			} else {
				old = append(old, f)
			}
		}
		fresh = changed
	}
	return fresh, old, left
}

// places knows where the files of packages lie.
type places struct {
	c       *command
	dirs    map[string]string // of packages that were checked
	modules []*packages.Module
}

func (c *command) places(loaded *load.Result) *places {
	p := &places{c: c, dirs: make(map[string]string)}
	for _, pkg := range loaded.Roots {
		if pkg.Module != nil && !slices.ContainsFunc(p.modules, func(m *packages.Module) bool { return m.Path == pkg.Module.Path }) {
			p.modules = append(p.modules, pkg.Module)
		}
		if loaded.Matched(pkg) {
			p.dirs[strings.TrimSuffix(pkg.PkgPath, "_test")] = pkg.Dir
			p.dirs[pkg.PkgPath] = pkg.Dir
		}
	}
	return p
}

// file returns where an entry's file lies, "" if it cannot be known.
func (p *places) file(entry string) string {
	pkg, base := path.Dir(entry), path.Base(entry)
	if dir, ok := p.dirs[pkg]; ok {
		return filepath.Join(dir, base)
	}
	for _, m := range p.modules {
		if rel, ok := strings.CutPrefix(pkg, m.Path); ok && (rel == "" || rel[0] == '/') {
			return filepath.Join(m.Dir, filepath.FromSlash(rel), base)
		}
	}
	return ""
}

// gone reports whether the file of an entry is there no longer.
func (p *places) gone(entry string) bool {
	name := p.file(entry)
	if name == "" {
		return false
	}
	_, err := os.Stat(name)
	return errors.Is(err, os.ErrNotExist)
}

// stale reports whether this run would have found what an entry is about. It
// says nothing about packages, tests and rules that were not looked at.
func (p *places) stale(e only.Entry) bool {
	if p.gone(e.Path) {
		return true
	}
	_, checked := p.dirs[path.Dir(e.Path)]
	if !checked || !p.c.tests && strings.HasSuffix(e.Path, "_test.go") {
		return false
	}
	rule, category, _ := strings.Cut(e.Rule, ".")
	return p.c.cfg.OnIn(p.file(e.Path), rule, category) || !p.known(rule, category)
}

// known reports whether there is such a rule and category.
func (p *places) known(rule, category string) bool {
	for _, r := range p.c.cfg.Rules() {
		for _, c := range r.Categories {
			if r.Name == rule && c.Name == category {
				return true
			}
		}
	}
	return false
}

// warnStale tells of entries that can go.
func (c *command) warnStale(left []only.Entry, p *places) {
	n := 0
	for _, e := range left {
		if !p.stale(e) {
			continue
		}
		if n++; n <= 3 {
			fmt.Fprintf(c.stderr, "spanlint: stale in %s: %s in %s: %s\n", c.only.baseline.Name, e.Rule, e.Path, e.Line)
		}
	}
	if n > 0 {
		fmt.Fprintf(c.stderr, "spanlint: %s stale: -write-baseline=%s removes what is found no longer\n", verb(n, "entry", "entries"), c.only.baseline.Name)
	}
}

func verb(n int, one, many string) string {
	if n == 1 {
		return "1 " + one + " is"
	}
	return fmt.Sprintf("%d %s are", n, many)
}

// writeBaseline brings the baseline up to date.
func (c *command) writeBaseline(loaded *load.Result, res *run.Result) int {
	if len(loaded.Errors) > 0 || len(res.Errs) > 0 {
		for _, err := range res.Errs {
			c.fail(err)
		}
		return c.fail(fmt.Errorf("%s is not written, as not everything could be checked", c.only.writeFile))
	}
	src := c.sources(loaded)
	findings := format.Of(res.Findings, src)
	p := c.places(loaded)
	fresh, known, left := c.only.baseline.Split(findings, src, p.gone)
	var kept []only.Entry
	for _, e := range left {
		if !p.stale(e) {
			kept = append(kept, e)
		}
	}
	data, err := only.Encode(findings, kept, src)
	if err != nil {
		return c.fail(err)
	}
	out := &outputs{list: []*output{{file: c.inDir(c.only.writeFile)}}}
	if err := out.open(); err != nil {
		return c.fail(err)
	}
	defer out.discard()
	_, err = out.list[0].temp.Write(data)
	if err == nil {
		err = out.list[0].finish()
	}
	if err != nil {
		return c.fail(fmt.Errorf("cannot write %s: %w", c.only.writeFile, cause(err)))
	}
	fmt.Fprintf(c.stdout, "wrote %s to %s (%d new, %d as before, %d removed)\n",
		entries(len(findings)+len(kept)), c.only.writeFile, len(fresh), len(known)+len(kept), len(left)-len(kept))
	return exitClean
}

func entries(n int) string {
	if n == 1 {
		return "1 entry"
	}
	return fmt.Sprintf("%d entries", n)
}

// keep returns what -fix and -diff may repair: not what was there before. The
// lines move with the repairs, so this goes by fingerprints.
func (c *command) keep(loaded *load.Result) func(*load.Result, []run.Finding) []run.Finding {
	if !c.only.active() {
		return nil
	}
	found, _ := run.Analyze(loaded, c.analyzers())
	_, old, _ := c.only.split(format.Of(found, c.sources(loaded)), c.sources(loaded), c.places(loaded).gone)
	isOld := make(map[string]bool)
	for _, f := range old {
		isOld[f.Fingerprint] = true
	}
	return func(now *load.Result, findings []run.Finding) []run.Finding {
		var kept []run.Finding
		for i, f := range format.Of(findings, c.sources(now)) {
			if !isOld[f.Fingerprint] {
				kept = append(kept, findings[i])
			}
		}
		return kept
	}
}

// sources are the files as they were loaded, which is not always as they are.
func (c *command) sources(loaded *load.Result) *format.Sources {
	return &format.Sources{Read: func(name string) ([]byte, error) {
		if content, ok := loaded.Files()[name]; ok {
			return content, nil
		}
		return os.ReadFile(name)
	}}
}
