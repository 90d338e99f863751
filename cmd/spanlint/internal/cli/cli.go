// Package cli is the command line of spanlint.
package cli

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/aymanbagabas/go-udiff"
	"golang.org/x/tools/go/analysis"

	"github.com/spanlint/spanlint/analyzer"
	"github.com/spanlint/spanlint/cmd/spanlint/internal/fix"
	"github.com/spanlint/spanlint/cmd/spanlint/internal/format"
	"github.com/spanlint/spanlint/cmd/spanlint/internal/run"
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
	spanlint version

To run it with go vet: go vet -vettool=$(which spanlint) ./...

Exit code: 0 nothing found, 1 findings, 2 something could not be checked.

Flags:
`

// A command is one call of the program.
type command struct {
	stdout, stderr io.Writer

	dir      string
	tests    bool
	tags     string
	load     string
	json     bool
	diff     bool
	fix      bool
	ignored  bool
	patterns []string
	cfg      *analyzer.Config

	// analyzers returns new analyzers for one run over the packages.
	analyzers func() []*analysis.Analyzer
}

// Main runs the program and returns its exit code.
func Main(args []string, stdout, stderr io.Writer) int {
	return (&command{stdout: stdout, stderr: stderr}).run(args)
}

func (c *command) run(args []string) int {
	if len(args) == 1 {
		switch args[0] {
		case "version":
			fmt.Fprintln(c.stdout, version())
			return exitClean
		case "help": // go vet sends its users there
			args = []string{"-help"}
		}
	}
	err := c.parse(args)
	if errors.Is(err, flag.ErrHelp) {
		return exitClean
	}
	if err != nil {
		return c.fail(err)
	}
	return c.check()
}

// parse reads the arguments. Flags may also follow packages.
func (c *command) parse(args []string) error {
	fs := flag.NewFlagSet("spanlint", flag.ContinueOnError)
	fs.SetOutput(io.Discard) // the error goes through fail, on one line
	fs.StringVar(&c.dir, "C", "", "work in this `directory`; paths are relative to it")
	fs.BoolVar(&c.tests, "tests", true, "also check tests")
	fs.StringVar(&c.tags, "tags", "", "build `tags`, comma-separated")
	fs.StringVar(&c.load, "load", string(load.Auto), "`auto|export|source`: take the types of others' packages from the go command's cache as far as they are there, compile what is missing, or read their source; the findings are the same")
	fs.BoolVar(&c.json, "json", false, "print findings and fixes as go vet -json does")
	fs.BoolVar(&c.diff, "diff", false, "print all repairs as a diff, and write nothing")
	fs.BoolVar(&c.fix, "fix", false, "repair what can be repaired, and print what remains")
	fs.BoolVar(&c.ignored, "show-ignored", false, "also list what //spanlint:ignore comments silence, with their reasons")
	set := switches.Declare(fs)
	for {
		if err := fs.Parse(args); errors.Is(err, flag.ErrHelp) {
			c.help(fs)
			return err
		} else if err != nil {
			return fmt.Errorf("%w: 'spanlint -help' lists the flags", err)
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
	if c.json && (c.diff || c.fix) {
		return errors.New("-json goes with neither -diff nor -fix: it prints the fixes beside the findings")
	}
	if !slices.Contains(load.Modes, load.Mode(c.load)) {
		return fmt.Errorf("-load=%s: it is auto, export or source", c.load)
	}
	var err error
	c.cfg, err = set.Config()
	if c.analyzers == nil {
		c.analyzers = func() []*analysis.Analyzer { return analyzer.New(c.cfg) }
	}
	return err
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
	packages := count(loaded)
	if packages == 0 && len(loaded.Errors) == 0 && len(loaded.Foreign) > 0 {
		return c.fail(fmt.Errorf("%s is not your own code, by where its files lie (GOROOT, the module cache, or a directory vendor or external): name its module with -first-party to check it even so", loaded.Foreign[0]))
	}
	failed := c.loadErrors(loaded.Errors)
	code := exitFailed
	if c.diff || c.fix {
		code = c.repair(loaded, packages)
	} else {
		code = c.report(loaded, packages)
	}
	if failed {
		return exitFailed
	}
	return code
}

// report prints what is found.
func (c *command) report(loaded *load.Result, packages int) int {
	res := run.All(loaded, c.analyzers())
	findings, errs := res.Findings, res.Errs
	if c.json {
		if err := format.JSON(c.stdout, findings); err != nil {
			errs = append(errs, err)
		}
	} else {
		text := c.text(loaded)
		text.Findings(findings)
		if c.ignored {
			text.Ignored(res.Ignored)
		}
		text.Summary(findings, packages, len(loaded.Broken))
	}
	return c.exit(len(findings) > 0, errs)
}

// repair computes all repairs, and prints or writes them.
func (c *command) repair(loaded *load.Result, packages int) int {
	res := fix.Run(loaded, c.analyzers)
	for _, e := range res.Dropped {
		fmt.Fprintln(c.stderr, c.located(e))
	}
	if c.diff {
		for _, change := range res.Changes {
			name := filepath.ToSlash(format.Relative(c.dir, change.Name))
			fmt.Fprint(c.stdout, udiff.Unified("a/"+name, "b/"+name, string(change.Before), string(change.After)))
		}
		if n := len(res.Remaining); n > 0 {
			fmt.Fprintf(c.stderr, "spanlint: %s without a fix, not shown here\n", format.Count(n, "finding"))
		}
		return c.exit(len(res.Changes) > 0, res.Errs)
	}
	if len(res.Errs) == 0 {
		if err := fix.Write(res.Changes); err != nil {
			return c.fail(err)
		}
	}
	text := c.text(res.Loaded)
	text.Findings(res.Remaining)
	if res.Fixed > 0 && len(res.Errs) == 0 {
		fmt.Fprintf(c.stdout, "fixed %s in %s\n", format.Count(res.Fixed, "finding"), format.Count(len(res.Changes), "file"))
	}
	text.Summary(res.Remaining, packages, len(loaded.Broken))
	return c.exit(len(res.Remaining) > 0, res.Errs)
}

func (c *command) text(loaded *load.Result) *format.Text {
	return &format.Text{
		W:     c.stdout,
		Dir:   c.dir,
		Color: isTerminal(c.stdout),
		ReadFile: func(name string) ([]byte, error) {
			if content, ok := loaded.Files()[name]; ok {
				return content, nil
			}
			return os.ReadFile(name)
		},
	}
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

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok || os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb" || runtime.GOOS == "windows" {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// version says which build of the program this is.
func version() string {
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
	return fmt.Sprintf("spanlint %s (built with %s)", v, runtime.Version())
}
