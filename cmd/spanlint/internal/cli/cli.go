// Package cli is the command line of spanlint.
package cli

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/aymanbagabas/go-udiff"
	"golang.org/x/tools/go/analysis"

	"github.com/spanlint/spanlint/analyzer"
	"github.com/spanlint/spanlint/cmd/spanlint/internal/fix"
	"github.com/spanlint/spanlint/cmd/spanlint/internal/format"
	"github.com/spanlint/spanlint/cmd/spanlint/internal/only"
	"github.com/spanlint/spanlint/cmd/spanlint/internal/run"
	"github.com/spanlint/spanlint/cmd/spanlint/internal/settings"
	"github.com/spanlint/spanlint/cmd/spanlint/internal/switches"
	"github.com/spanlint/spanlint/internal/load"
)

// The exit codes, whatever is printed and how.
const (
	exitClean    = 0
	exitFindings = 1 // or, for -diff, repairs
	exitFailed   = 2 // something could not be checked
)

const usage = `spanlint finds and repairs the ways in which concurrent Go code breaks its
OpenTelemetry traces.

Usage:
	spanlint [flags] [packages]   the packages as for go build; ./... is all below
	spanlint rules                lists the rules and their categories
	spanlint explain RULE         says what a rule reports, and why
	spanlint report [flags]       prints what go vet -json has printed, from stdin
	spanlint init                 writes .spanlint.yml, after a look at the module
	spanlint schema               prints the JSON schema of .spanlint.yml
	spanlint completion SHELL     prints a script for bash, zsh or fish
	spanlint version

To run it with go vet: go vet -vettool=$(which spanlint) ./...

Exit code: 0 nothing found, 1 findings, 2 something could not be checked.

Flags:
`

// A command is one call of the program.
type command struct {
	stdout, stderr io.Writer

	dir      string
	config   string
	tests    bool
	tags     string
	load     string
	json     bool
	diff     bool
	fix      bool
	ignored  bool
	stats    bool
	formats  string
	file     string
	out      *outputs
	only     selection
	progress *progress
	stdin    io.Reader
	patterns []string
	cfg      *analyzer.Config

	// analyzers returns new analyzers for one run over the packages.
	analyzers func() []*analysis.Analyzer
}

// Main runs the program and returns its exit code.
func Main(args []string, stdout, stderr io.Writer) int {
	return (&command{stdin: os.Stdin, stdout: stdout, stderr: stderr}).run(args)
}

// commands returns the words that may stand where flags and packages begin.
func commands() map[string]func(*command, []string) int {
	return map[string]func(*command, []string) int{
		"completion": (*command).completion,
		"explain":    (*command).explain,
		"init":       (*command).init,
		"report":     (*command).reportStream,
		"rules":      (*command).listRules,
		"schema":     (*command).schema,
		"version": func(c *command, args []string) int {
			if len(args) > 0 {
				return c.fail(errors.New("version takes no arguments"))
			}
			fmt.Fprintln(c.stdout, version())
			return exitClean
		},
	}
}

func (c *command) run(args []string) int {
	if len(args) > 0 {
		if do, ok := commands()[args[0]]; ok {
			return do(c, args[1:])
		}
		switch {
		case args[0] == "help" && len(args) == 1: // go vet sends its users there
			args = []string{"-help"}
		case args[0] == "help":
			return c.explain(args[1:])
		case args[0] == "-version", args[0] == "--version":
			return commands()["version"](c, args[1:])
		}
	}
	if len(args) > 0 {
		if near := analyzer.Nearest(args[0], slices.Sorted(maps.Keys(commands()))); near != "" && c.noPath(args[0]) {
			return c.fail(fmt.Errorf("there is no command %q; did you mean %q? Packages are named as in ./...", args[0], near))
		}
	}
	err := c.parse(args)
	if errors.Is(err, flag.ErrHelp) {
		return exitClean
	}
	if err != nil {
		return c.fail(err)
	}
	defer c.out.discard()
	return c.check()
}

// noPath reports whether a word cannot be meant for a package: it is no path
// of any kind, and there is no such directory.
func (c *command) noPath(word string) bool {
	_, err := os.Stat(c.inDir(word))
	return !strings.ContainsAny(word, "./-") && err != nil
}

// nearFlag suggests a flag for the one that was not defined, "" if it was.
func nearFlag(fs *flag.FlagSet, args []string) string {
	rest := fs.Args()
	i := len(args) - len(rest) - 1
	if i < 0 {
		return ""
	}
	name, _, _ := strings.Cut(strings.TrimLeft(args[i], "-"), "=")
	if fs.Lookup(name) != nil {
		return ""
	}
	var names []string
	fs.VisitAll(func(f *flag.Flag) { names = append(names, f.Name) })
	if near := analyzer.Nearest(name, names); near != "" {
		return "; did you mean -" + near + "?"
	}
	// What begins or goes on like it, as -new-from for -new-from-rev.
	for _, known := range names {
		if len(name) > 3 && (strings.HasPrefix(known, name) || strings.HasPrefix(name, known) && len(known) > 3) {
			return "; did you mean -" + known + "?"
		}
	}
	return ""
}

// declare adds the flags that choose and print findings.
func (c *command) declare(fs *flag.FlagSet) {
	fs.StringVar(&c.dir, "C", "", "work in this `directory`; paths are relative to it")
	fs.StringVar(&c.formats, "format", "text", "`FORMAT[:FILE],...`: "+strings.Join(format.Names, ", ")+"; several at once, as in sarif:out.sarif,text")
	fs.StringVar(&c.file, "o", "", "write to this `file` instead of stdout")
	c.only.declare(fs)
}

// flags adds all flags but those that choose rules.
func (c *command) flags(fs *flag.FlagSet) {
	c.declare(fs)
	fs.StringVar(&c.only.writeFile, "write-baseline", "", "write all that is found to the `file`, so that -baseline hides it from now on, and remove from it what is found no longer")
	fs.BoolVar(&c.stats, "stats", false, "print to stderr what was found and where the time went")
	fs.StringVar(&c.config, "config", "", "read settings from this `file` instead of "+settings.FileName+" in the root of the module")
	fs.BoolVar(&c.tests, "tests", true, "also check tests")
	fs.StringVar(&c.tags, "tags", "", "build `tags`, comma-separated")
	fs.StringVar(&c.load, "load", string(load.Auto), "`auto|export|source`: take the types of others' packages from the go command's cache as far as they are there, compile what is missing, or read their source; the findings are the same")
	fs.BoolVar(&c.json, "json", false, "print findings and fixes as go vet -json does")
	fs.BoolVar(&c.diff, "diff", false, "print all repairs as a diff, and write nothing")
	fs.BoolVar(&c.fix, "fix", false, "repair what can be repaired, and print what remains")
	fs.BoolVar(&c.ignored, "show-ignored", false, "also list what //spanlint:ignore comments silence, with their reasons")
}

// parse reads the arguments. Flags may also follow packages.
func (c *command) parse(args []string) error {
	fs := flag.NewFlagSet("spanlint", flag.ContinueOnError)
	fs.SetOutput(io.Discard) // the error goes through fail, on one line
	c.flags(fs)
	set := switches.Declare(fs)
	for {
		if err := fs.Parse(args); errors.Is(err, flag.ErrHelp) {
			c.help(fs)
			return err
		} else if err != nil {
			return fmt.Errorf("%w%s: 'spanlint -help' lists the flags", err, nearFlag(fs, args))
		}
		rest := fs.Args()
		if len(rest) == 0 {
			break
		}
		if terminated := len(rest) < len(args) && args[len(args)-len(rest)-1] == "--"; terminated {
			c.patterns = append(c.patterns, rest...)
			break
		}
		c.patterns = append(c.patterns, rest[0])
		args = rest[1:]
	}
	given := make(map[string]bool)
	fs.Visit(func(f *flag.Flag) { given[f.Name] = true })
	switch {
	case c.json && (c.diff || c.fix):
		return errors.New("-json goes with neither -diff nor -fix: it prints the fixes beside the findings")
	case c.json && (given["format"] || given["o"]):
		return errors.New("-json is a format of its own, that of go vet -json: leave out -format and -o")
	case c.diff && (given["format"] || given["o"]):
		return errors.New("-diff prints a diff: leave out -format and -o")
	case c.only.writeFile != "" && (c.diff || c.fix || c.json || given["format"] || given["o"]):
		return errors.New("-write-baseline writes its file and prints no findings: leave out -diff, -fix, -json, -format and -o")
	}
	if !slices.Contains(load.Modes, load.Mode(c.load)) {
		return fmt.Errorf("-load=%s: it is auto, export or source", c.load)
	}
	err := c.settings(set, given)
	if err != nil {
		return err
	}
	c.cfg, err = set.Config()
	if c.analyzers == nil {
		c.analyzers = func() []*analysis.Analyzer { return analyzer.New(c.cfg) }
	}
	if err != nil {
		return err
	}
	return c.open()
}

// open makes sure, before anything is computed, that all that is to be read is
// there, and all that is to be written can be.
func (c *command) open() error {
	out, err := parseOutputs(c.formats, c.file)
	if err != nil {
		return err
	}
	for _, x := range out.list {
		if x.file != "" {
			x.file = c.inDir(x.file)
		}
	}
	if err := c.only.open(c); err != nil {
		return err
	}
	c.out = out
	if err := out.open(); err != nil {
		out.discard()
		return err
	}
	return nil
}

// help prints the flags, those that name rules last.
func (c *command) help(fs *flag.FlagSet) {
	isRule := make(map[string]bool)
	for _, rule := range analyzer.Rules() {
		isRule[rule.Name] = true
	}
	general, rules := flag.NewFlagSet("", flag.ContinueOnError), flag.NewFlagSet("", flag.ContinueOnError)
	fs.VisitAll(func(f *flag.Flag) {
		group := general
		if rule, _, _ := strings.Cut(f.Name, "."); isRule[rule] {
			group = rules
		}
		group.Var(f.Value, f.Name, f.Usage)
	})
	fmt.Fprint(c.stdout, usage)
	general.SetOutput(c.stdout)
	general.PrintDefaults()
	fmt.Fprint(c.stdout, "\nRules and their categories, to choose some (-NAME) or leave some out (-NAME=false):\n")
	rules.SetOutput(c.stdout)
	rules.PrintDefaults()
}

func (c *command) check() int {
	c.progress = startProgress(c.stderr, isTerminal(c.stderr))
	defer c.progress.end()
	c.progress.now("loading packages")
	start := time.Now()
	loaded, err := load.Load(load.Config{
		Dir:        c.dir,
		Patterns:   c.patterns,
		Tags:       c.tags,
		Tests:      c.tests,
		Mode:       load.Mode(c.load),
		FirstParty: c.cfg.IsFirstParty,
		Importers:  c.fix || c.diff,
	})
	if err != nil {
		return c.fail(err)
	}
	if c.dir, err = filepath.Abs(c.dir); err != nil {
		return c.fail(err)
	}
	loading := time.Since(start)
	c.progress.now("analyzing")
	packages := count(loaded)
	if packages == 0 && len(loaded.Errors) == 0 && len(loaded.Foreign) > 0 {
		return c.fail(fmt.Errorf("%s is not your own code, by where its files lie (GOROOT, the module cache, or a directory vendor or external): name its module with -first-party to check it even so", loaded.Foreign[0]))
	}
	if len(loaded.Errors) > 0 {
		c.progress.end()
	}
	failed := c.loadErrors(loaded.Errors)
	for _, line := range settings.Unmatched(c.cfg, loaded) {
		c.progress.end()
		fmt.Fprintf(c.stderr, "spanlint: warning: %s\n", line)
	}
	code := exitFailed
	switch {
	case c.diff || c.fix:
		code = c.repair(loaded, packages)
	case c.only.writeFile != "":
		code = c.writeBaseline(loaded, run.Once(loaded, c.analyzers()))
	default:
		code = c.report(loaded, packages, loading)
	}
	if failed {
		return exitFailed
	}
	return code
}

// report prints what is found.
func (c *command) report(loaded *load.Result, packages int, loading time.Duration) int {
	var helpers []analyzer.Helper
	if c.stats { // before run.Once, which forgets the packages
		if view, err := settings.Look(loaded); err == nil {
			helpers = view.Helpers
		}
	}
	start := time.Now()
	res := run.Once(loaded, c.analyzers())
	analyzing := time.Since(start)
	src := c.sources(loaded)
	findings := format.Of(res.Findings, src)
	p := c.places(loaded)
	fresh, old, left := c.only.split(findings, src, p.gone)
	ignored := format.Of(res.Ignored, src)
	c.progress.end()
	errs := res.Errs
	var err error
	if c.json {
		err = format.VetJSON(c.stdout, fresh)
	} else {
		r := c.newReport(loaded, packages)
		r.Findings = fresh
		if c.ignored {
			r.Ignored = ignored
		}
		for _, err := range errs {
			r.Errors = append(r.Errors, err.Error())
		}
		err = c.out.write(c.stdout, r, isColored(c.stdout))
	}
	if err != nil {
		errs = append(errs, err)
	}
	if len(res.Errs) == 0 {
		c.warnStale(left, p)
	}
	if isTerminal(c.stdout) {
		c.hint(fresh)
	}
	if c.stats {
		s := statistics{loading, analyzing, packages, fresh, ignored, len(old), res.Times, helpers}
		s.print(c.stderr)
	}
	return c.exit(len(fresh) > 0, errs)
}

// hint says to somebody who reads along where there is more to know.
func (c *command) hint(findings []format.Finding) {
	var rules []string
	for _, rule := range analyzer.Rules() {
		if slices.ContainsFunc(findings, func(f format.Finding) bool { return f.Rule == rule.Name }) {
			rules = append(rules, rule.Name)
		}
	}
	if len(rules) > 0 {
		fmt.Fprintf(c.stderr, "spanlint: 'spanlint explain %s' says why; //spanlint:ignore RULE REASON silences a line\n", strings.Join(rules, " "))
	}
}

// newReport returns a report without findings.
func (c *command) newReport(loaded *load.Result, packages int) *format.Report {
	r := &format.Report{
		Sources: c.sources(loaded), Dir: c.dir, Root: only.Root(c.dir), Version: release(),
		Packages: packages, Broken: len(loaded.Broken), Title: filepath.Base(c.dir),
	}
	for _, p := range loaded.Roots {
		if loaded.Matched(p) && p.Module != nil {
			r.Title = p.Module.Path
			break
		}
	}
	for _, e := range loaded.Errors {
		r.Errors = append(r.Errors, strings.TrimPrefix(c.located(e), "spanlint: "))
	}
	return r
}

// repair computes all repairs, and prints or writes them.
func (c *command) repair(loaded *load.Result, packages int) int {
	c.progress.now("repairing")
	res := fix.Run(loaded, c.analyzers, c.keep(loaded))
	c.progress.end()
	for _, e := range res.Dropped {
		fmt.Fprintln(c.stderr, c.located(e))
	}
	if c.diff {
		for _, change := range res.Changes {
			name := filepath.ToSlash(format.Relative(c.dir, change.Name))
			fmt.Fprint(c.stdout, udiff.Unified("a/"+name, "b/"+name, string(change.Before), string(change.After)))
		}
		if n := len(res.Remaining); n > 0 {
			fmt.Fprintf(c.stderr, "spanlint: %s without a fix, which a run without -diff shows\n", format.Count(n, "finding"))
		}
		return c.exit(len(res.Changes) > 0, res.Errs)
	}
	errs := res.Errs
	r := c.newReport(res.Loaded, packages)
	r.Broken = len(loaded.Broken)
	if len(errs) == 0 {
		if err := fix.Write(res.Changes); err != nil {
			return c.fail(err)
		}
		r.Fixed, r.Files = res.Fixed, len(res.Changes)
	}
	r.Findings = format.Of(res.Remaining, r.Sources)
	if err := c.out.write(c.stdout, r, isColored(c.stdout)); err != nil {
		errs = append(errs, err)
	}
	return c.exit(len(res.Remaining) > 0, errs)
}

// maxErrors bounds the lines about what could not be loaded. One missing
// module can be the cause of hundreds.
const maxErrors = 20

// loadErrors prints the errors and reports whether there are any.
func (c *command) loadErrors(errs []load.Error) bool {
	for i, e := range errs {
		if i == maxErrors {
			fmt.Fprintf(c.stderr, "spanlint: and %s more\n", format.Count(len(errs)-i, "error"))
			break
		}
		fmt.Fprintln(c.stderr, c.located(e))
	}
	return len(errs) > 0
}

// located returns the line of an error, with its path as the user knows it.
func (c *command) located(e load.Error) string {
	if e.Pos.Filename == "" {
		if strings.HasPrefix(e.Msg, "package ") && strings.Contains(e.Msg, " is not in std ") {
			// Somebody expects a command check, run or lint.
			e.Msg += "; packages are named as in ./..., and the commands are " + strings.Join(slices.Sorted(maps.Keys(commands())), ", ")
		}
		return "spanlint: " + e.Msg
	}
	e.Pos.Filename = format.Relative(c.dir, e.Pos.Filename)
	return e.Error()
}

func (c *command) fail(err error) int {
	fmt.Fprintf(c.stderr, "spanlint: %s\n", strings.ReplaceAll(err.Error(), "\n", " "))
	return exitFailed
}

// exit prints the errors and returns the exit code.
func (c *command) exit(found bool, errs []error) int {
	for _, err := range errs {
		c.fail(err)
	}
	switch {
	case len(errs) > 0:
		return exitFailed
	case found:
		return exitFindings
	}
	return exitClean
}

// count returns how many packages are checked; a package and its tests are one.
func count(loaded *load.Result) int {
	paths := make(map[string]bool)
	for _, p := range loaded.Roots {
		if loaded.Matched(p) {
			paths[p.Dir] = true
		}
	}
	return len(paths)
}

// isTerminal reports whether somebody reads along.
func isTerminal(f any) bool {
	file, ok := f.(*os.File)
	if !ok || os.Getenv("TERM") == "dumb" || runtime.GOOS == "windows" {
		return false
	}
	info, err := file.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return false
	}
	null, err := os.Stat(os.DevNull) // is a device as well
	return err != nil || !os.SameFile(info, null)
}

// isColored reports whether the reader also wants colours: see no-color.org.
func isColored(w io.Writer) bool { return os.Getenv("NO_COLOR") == "" && isTerminal(w) }

// version says which build of the program this is.
func version() string {
	return fmt.Sprintf("spanlint %s (built with %s)", release(), runtime.Version())
}

// release returns the version of the module, or the commit.
func release() string {
	v := "devel"
	if info, ok := debug.ReadBuildInfo(); ok {
		if info.Main.Version != "" && info.Main.Version != "(devel)" {
			v = info.Main.Version
		}
		i := slices.IndexFunc(info.Settings, func(s debug.BuildSetting) bool { return s.Key == "vcs.revision" })
		if i >= 0 && v == "devel" {
			v += " " + info.Settings[i].Value
		}
	}
	return v
}
