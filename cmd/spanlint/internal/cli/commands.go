package cli

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spanlint/spanlint/analyzer"
	"github.com/spanlint/spanlint/cmd/spanlint/internal/format"
	"github.com/spanlint/spanlint/cmd/spanlint/internal/only"
	"github.com/spanlint/spanlint/cmd/spanlint/internal/switches"
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
			return c.fail(fmt.Errorf("there is no rule %q; the rules are %s", name, strings.Join(names, ", ")))
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
			return c.fail(fmt.Errorf("rule %s has no category %q; it has %s", name, category, strings.Join(categories, ", ")))
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
	if f, ok := c.stdin.(*os.File); ok {
		if isTerminal(f) {
			return c.fail(errors.New("report reads from stdin what 'go vet -json' prints: pipe it in"))
		}
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
	if err := c.out.write(c.stdout, r, isTerminal(c.stdout)); err != nil {
		errs = append(errs, err)
	}
	return c.exit(len(fresh) > 0, errs)
}

// completion prints a script that completes commands, flags and their values.
func (c *command) completion(args []string) int {
	if len(args) != 1 {
		return c.fail(errors.New("completion: name a shell: bash, zsh or fish"))
	}
	fs := flag.NewFlagSet("", flag.ContinueOnError)
	c.flags(fs)
	switches.Declare(fs)
	var flags, names, subcommands []string
	var fish strings.Builder
	fs.VisitAll(func(f *flag.Flag) {
		flags = append(flags, "-"+f.Name)
		_, usage := flag.UnquoteUsage(f)
		fmt.Fprintf(&fish, "complete -c spanlint -o %s -d '%s'\n", f.Name, strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(usage))
	})
	for _, rule := range analyzer.Rules() {
		names = append(names, rule.Name)
	}
	for name := range commands() {
		subcommands = append(subcommands, name)
	}
	slices.Sort(subcommands)
	words := func(list []string) string { return strings.Join(list, " ") }
	switch args[0] {
	case "bash", "zsh":
		if args[0] == "zsh" {
			fmt.Fprint(c.stdout, "#compdef spanlint\nautoload -U +X bashcompinit && bashcompinit\n")
		}
		fmt.Fprintf(c.stdout, bashCompletion, words(format.Names), words(names), words(flags), words(subcommands))
	case "fish":
		fmt.Fprintf(c.stdout, "complete -c spanlint -n __fish_use_subcommand -a '%s'\ncomplete -c spanlint -n '__fish_seen_subcommand_from explain' -f -a '%s'\ncomplete -c spanlint -n '__fish_seen_subcommand_from completion' -f -a 'bash zsh fish'\ncomplete -c spanlint -o format -x -a '%s'\n%s",
			words(subcommands), words(names), words(format.Names), fish.String())
	default:
		return c.fail(fmt.Errorf("completion: there is no script for %q: name bash, zsh or fish", args[0]))
	}
	return exitClean
}

// COMP_WORDBREAKS has = in it, so a flag and its value are words of their own.
const bashCompletion = `_spanlint() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}
	[ "$cur" = "=" ] && cur=
	[ "$prev" = "=" ] && prev=${COMP_WORDS[COMP_CWORD-2]}
	case $prev in
	-format | --format) COMPREPLY=($(compgen -W "%s" -- "$cur")); return ;;
	explain) COMPREPLY=($(compgen -W "%s" -- "$cur")); return ;;
	completion) COMPREPLY=($(compgen -W "bash zsh fish" -- "$cur")); return ;;
	-o | -diff-file | -baseline | -write-baseline) COMPREPLY=($(compgen -f -- "$cur")); return ;;
	-C) COMPREPLY=($(compgen -d -- "$cur")); return ;;
	-new-from-rev | -new-from-merge-base)
		COMPREPLY=($(compgen -W "$(git for-each-ref --format='%%(refname:short)' 2>/dev/null)" -- "$cur")); return ;;
	esac
	case $cur in
	-*) COMPREPLY=($(compgen -W "%s" -- "$cur")) ;;
	*)
		COMPREPLY=($(compgen -d -- "$cur"))
		[ "$COMP_CWORD" -eq 1 ] && COMPREPLY+=($(compgen -W "%s" -- "$cur"))
		;;
	esac
}
complete -F _spanlint spanlint
`
