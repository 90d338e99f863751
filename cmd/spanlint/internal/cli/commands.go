package cli

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spanlint/spanlint/analyzer"
	"github.com/spanlint/spanlint/cmd/spanlint/internal/format"
	"github.com/spanlint/spanlint/cmd/spanlint/internal/only"
)

// listRules prints all rules and categories.
func (c *command) listRules(args []string) int {
	if len(args) > 0 {
		return c.fail(fmt.Errorf("rules takes no arguments: 'spanlint explain %s' says more about one", args[0]))
	}
	docs := analyzer.Docs()
	w := tabwriter.NewWriter(c.stdout, 0, 0, 2, ' ', 0)
	for _, rule := range analyzer.Rules() {
		fmt.Fprintf(w, "%s\t\t%s\n", rule.Name, docs[rule.Name].Summary)
		for _, category := range rule.Categories {
			on := "on"
			if category.OptIn {
				on = "off"
			}
			fmt.Fprintf(w, "  .%s\t%s\t%s\n", category.Name, on, category.Doc)
		}
	}
	if err := w.Flush(); err != nil {
		return c.fail(err)
	}
	return exitClean
}

// explain prints the documentation of rules.
func (c *command) explain(args []string) int {
	var names []string
	for _, rule := range analyzer.Rules() {
		names = append(names, rule.Name)
	}
	if len(args) == 0 {
		return c.fail(fmt.Errorf("explain: name a rule; the rules are %s", strings.Join(names, ", ")))
	}
	docs := analyzer.Docs()
	for i, arg := range args {
		name, category, dotted := strings.Cut(strings.TrimPrefix(arg, "-"), ".")
		at := slices.Index(names, name)
		if at < 0 {
			return c.fail(fmt.Errorf("there is no rule %q%s", name, there(name, "the rules are", names)))
		}
		rule, d := analyzer.Rules()[at], docs[name]
		var about []string
		for _, known := range rule.Categories {
			if !dotted || known.Name == category {
				line := fmt.Sprintf("%s.%s: %s", rule.Name, known.Name, known.Doc)
				if known.OptIn {
					line += " (off by default: -enable=" + rule.Name + "." + known.Name + ")"
				}
				about = append(about, line)
			}
		}
		if len(about) == 0 {
			var categories []string
			for _, known := range rule.Categories {
				categories = append(categories, known.Name)
			}
			return c.fail(fmt.Errorf("rule %s has no category %q%s", name, category, there(category, "it has", categories)))
		}
		if i > 0 {
			fmt.Fprintln(c.stdout)
		}
		fmt.Fprintf(c.stdout, "%s %s\n\n%s\n", name, d.Summary, strings.Join(about, "\n"))
		for _, s := range d.Sections {
			fmt.Fprintf(c.stdout, "\n%s\n\n%s\n", strings.ToUpper(s.Heading), s.Text)
		}
		fmt.Fprintf(c.stdout, "\n%s\n", analyzer.URL(name))
	}
	return exitClean
}

// reportStream prints what go vet -json has printed.
func (c *command) reportStream(args []string) int {
	fs := flag.NewFlagSet("spanlint report", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	c.declare(fs)
	if err := fs.Parse(args); errors.Is(err, flag.ErrHelp) {
		fmt.Fprint(c.stdout, "spanlint report prints what go vet -json has printed, in any format:\n\n\tgo vet -vettool=$(which spanlint) -json ./... | spanlint report -format sarif -o out.sarif\n\nFlags:\n")
		fs.SetOutput(c.stdout)
		fs.PrintDefaults()
		return exitClean
	} else if err != nil {
		return c.fail(fmt.Errorf("report: %w: 'spanlint report -help' lists the flags", err))
	}
	if fs.NArg() > 0 {
		return c.fail(fmt.Errorf("report takes no packages: it reads what 'go vet -json %s' prints from stdin", strings.Join(fs.Args(), " ")))
	}
	if isTerminal(c.stdin) {
		return c.fail(errors.New("report reads from stdin what 'go vet -json' prints: pipe it in"))
	}
	if c.only.diff == "-" {
		return c.fail(errors.New("report reads findings from stdin, so -diff-file cannot be -"))
	}
	c.tests = true
	c.cfg = analyzer.NewConfig()
	if err := c.open(); err != nil {
		return c.fail(err)
	}
	defer c.out.discard()
	dir, err := filepath.Abs(c.dir)
	if err != nil {
		return c.fail(err)
	}
	c.dir = dir
	src := new(format.Sources)
	findings, packages, failures, err := format.ReadVetJSON(c.stdin, dir, src)
	if err != nil {
		return c.fail(err)
	}
	fresh, _, _ := c.only.split(findings, src, func(string) bool { return false })
	r := &format.Report{
		Findings: fresh, Sources: src, Dir: dir, Root: only.Root(dir), Version: release(),
		Packages: packages, Errors: failures, Title: filepath.Base(dir),
	}
	var errs []error
	for _, f := range failures {
		errs = append(errs, errors.New(f))
	}
	if err := c.out.write(c.stdout, r, isColored(c.stdout)); err != nil {
		errs = append(errs, err)
	}
	return c.exit(len(fresh) > 0, errs)
}
