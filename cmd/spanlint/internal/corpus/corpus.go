// Package corpus runs spanlint over checkouts of public repositories and
// compares what it finds with what was found, and judged, before.
//
// It is a test of the rules, not a part of the program: its data are in
// testdata/corpus, whose README says how to run it and how to judge.
package corpus

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A Repository is a line of the manifest.
type Repository struct {
	Name    string // owner/name
	Commit  string // all 40 digits
	Modules []string
}

// Folder returns the name of the directory that the checkout is in.
func (r Repository) Folder() string { return strings.ReplaceAll(r.Name, "/", "_") }

// A Verdict says what a reader who knows the code thinks of a finding. The
// empty verdict is that of a finding nobody has judged yet.
type Verdict string

const (
	True     Verdict = "true"     // a maintainer who reads it would change the code
	Arguable Verdict = "arguable" // legal, but untidy
	False    Verdict = "false"    // deliberate, or not so
)

// A Finding is one that is recorded, or that a run has just made.
type Finding struct {
	Repository string
	Path       string // slash-separated, below the repository
	Line       int
	Function   string // the function around it, so that it can be found again
	Code       string // rule.category
	Verdict    Verdict
	Second     Verdict // of somebody who did not see the first
	Sentence   string  // why the verdict

	Message string // only of a run
}

// Rule returns the rule without the category.
func (f Finding) Rule() string {
	rule, _, _ := strings.Cut(f.Code, ".")
	return rule
}

func (f Finding) compare(g Finding) int {
	return cmp.Or(
		cmp.Compare(f.Repository, g.Repository),
		cmp.Compare(f.Path, g.Path),
		cmp.Compare(f.Line, g.Line),
		cmp.Compare(f.Code, g.Code))
}

// Expect says what a rule should do at a line.
type Expect string

const (
	Report Expect = "report"
	Silent Expect = "silent"
	Either Expect = "either" // maintainers would disagree
)

// A Line is a judged line of a repository, found or not.
type Line struct {
	Repository string
	Path       string
	Line       int
	Rule       string
	Expect     Expect
	Sentence   string
}

func (l Line) compare(m Line) int {
	return cmp.Or(
		cmp.Compare(l.Repository, m.Repository),
		cmp.Compare(l.Path, m.Path),
		cmp.Compare(l.Line, m.Line),
		cmp.Compare(l.Rule, m.Rule))
}

// Data is what testdata/corpus holds.
type Data struct {
	Repositories []Repository
	Findings     []Finding
	Lines        []Line
}

// The files, and the columns of each.
const (
	repositoriesFile = "repositories.csv"
	findingsFile     = "findings.csv"
	linesFile        = "lines.csv"
)

var (
	repositoriesHeader = []string{"repository", "commit", "modules"}
	findingsHeader     = []string{"repository", "path", "line", "function", "finding", "verdict", "second", "sentence"}
	linesHeader        = []string{"repository", "path", "line", "rule", "expect", "sentence"}
)

// Read reads the data. It says of a value that cannot be one where it stands,
// and leaves what the values mean together to Check.
func Read(dir string) (*Data, error) {
	d := new(Data)
	err := readCSV(path.Join(dir, repositoriesFile), repositoriesHeader, func(row []string) error {
		d.Repositories = append(d.Repositories, Repository{row[0], row[1], strings.Fields(row[2])})
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = readCSV(path.Join(dir, findingsFile), findingsHeader, func(row []string) error {
		line, err := strconv.Atoi(row[2])
		d.Findings = append(d.Findings, Finding{
			Repository: row[0], Path: row[1], Line: line, Function: row[3], Code: row[4],
			Verdict: Verdict(row[5]), Second: Verdict(row[6]), Sentence: row[7],
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	return d, readCSV(path.Join(dir, linesFile), linesHeader, func(row []string) error {
		line, err := strconv.Atoi(row[2])
		d.Lines = append(d.Lines, Line{row[0], row[1], line, row[3], Expect(row[4]), row[5]})
		return err
	})
}

func readCSV(name string, header []string, add func(row []string) error) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.FieldsPerRecord = len(header)
	rows, err := r.ReadAll()
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if len(rows) == 0 || !slices.Equal(rows[0], header) {
		return fmt.Errorf("%s: the first line has to be %s", name, strings.Join(header, ","))
	}
	for i, row := range rows[1:] {
		if err := add(row); err != nil {
			return fmt.Errorf("%s: record %d: %w", name, i+2, err)
		}
	}
	return nil
}

// WriteFindings replaces the recorded findings.
func WriteFindings(dir string, findings []Finding) error {
	findings = slices.Clone(findings)
	slices.SortStableFunc(findings, Finding.compare)
	var b strings.Builder
	w := csv.NewWriter(&b)
	w.Write(findingsHeader)
	for _, f := range findings {
		w.Write([]string{f.Repository, f.Path, strconv.Itoa(f.Line), f.Function, f.Code, string(f.Verdict), string(f.Second), f.Sentence})
	}
	w.Flush()
	return os.WriteFile(path.Join(dir, findingsFile), []byte(b.String()), 0o666)
}

var (
	commit = regexp.MustCompile(`^[0-9a-f]{40}$`)
	name   = regexp.MustCompile(`^[\w.-]+/[\w.-]+$`)
)

// Check returns what is wrong with the data: lists that are not sorted, words
// that are no verdict, a verdict without a sentence, a repository that is not
// in the manifest.
func (d *Data) Check(rules []string) []error {
	var errs []error
	report := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }

	known := make(map[string]bool)
	for i, r := range d.Repositories {
		if i > 0 && d.Repositories[i-1].Name >= r.Name {
			report("%s: %s is not sorted", repositoriesFile, r.Name)
		}
		if !name.MatchString(r.Name) || !commit.MatchString(r.Commit) || len(r.Modules) == 0 {
			report("%s: %s: an owner/name, a commit of 40 digits and the directories of modules are needed", repositoriesFile, r.Name)
		}
		for _, module := range r.Modules {
			if !local(module) {
				report("%s: %s: module directory %s", repositoriesFile, r.Name, module)
			}
		}
		known[r.Name] = true
	}
	for i, f := range d.Findings {
		at := fmt.Sprintf("%s: %s %s:%d", findingsFile, f.Repository, f.Path, f.Line)
		if i > 0 && d.Findings[i-1].compare(f) > 0 {
			report("%s is not sorted", at)
		}
		if !known[f.Repository] {
			report("%s: the repository is not in %s", at, repositoriesFile)
		}
		if !local(f.Path) || f.Line < 1 {
			report("%s is no place", at)
		}
		if !slices.Contains(rules, f.Rule()) || !strings.Contains(f.Code, ".") {
			report("%s: %s is not rule.category", at, f.Code)
		}
		for _, v := range []Verdict{f.Verdict, f.Second} {
			if !slices.Contains([]Verdict{"", True, Arguable, False}, v) {
				report("%s: verdict %q: it is true, arguable or false", at, v)
			}
		}
		if (f.Verdict == "") != (f.Sentence == "") {
			report("%s: a verdict needs a sentence that says why, and a sentence a verdict", at)
		}
		if f.Verdict == "" && f.Second != "" {
			report("%s: a second reading without a first", at)
		}
	}
	for i, l := range d.Lines {
		at := fmt.Sprintf("%s: %s %s:%d", linesFile, l.Repository, l.Path, l.Line)
		if i > 0 && d.Lines[i-1].compare(l) >= 0 {
			report("%s is not sorted", at)
		}
		if !known[l.Repository] {
			report("%s: the repository is not in %s", at, repositoriesFile)
		}
		if !local(l.Path) || l.Line < 1 {
			report("%s is no place", at)
		}
		// A rule that is planned may have its lines already.
		if l.Rule == "" || strings.Contains(l.Rule, ".") {
			report("%s: %s is not the name of a rule", at, l.Rule)
		}
		if !slices.Contains([]Expect{Report, Silent, Either}, l.Expect) {
			report("%s: %q: it is report, silent or either", at, l.Expect)
		}
		if l.Sentence == "" {
			report("%s: no sentence says why", at)
		}
	}
	return errs
}

// local reports whether p is a path below a repository as the lists spell it.
func local(p string) bool {
	return p == path.Clean(p) && !path.IsAbs(p) && p != ".." && !strings.HasPrefix(p, "../")
}
