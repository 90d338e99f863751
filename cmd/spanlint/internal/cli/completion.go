package cli

import (
	"errors"
	"flag"
	"fmt"
	"strings"

	"github.com/spanlint/spanlint/analyzer"
	"github.com/spanlint/spanlint/cmd/spanlint/internal/format"
	"github.com/spanlint/spanlint/cmd/spanlint/internal/switches"
	"github.com/spanlint/spanlint/internal/load"
)

// What can follow a flag, beside words of ours.
const (
	aFile      = "file"
	aDirectory = "directory"
	aRevision  = "revision" // a branch or a tag of git
)

// branches is the same command for every shell.
const branches = "git for-each-ref --format='%(refname:short)' 2>/dev/null"

// vocabulary is what a shell completes.
type vocabulary struct {
	// commands and flags have a sentence each.
	commands, flags [][2]string
	rules           []string
	// values has the words that can follow a flag, or one of the constants above.
	values map[string][]string
}

func (c *command) vocabulary() vocabulary {
	fs := flag.NewFlagSet("", flag.ContinueOnError)
	c.flags(fs)
	switches.Declare(fs)
	v := vocabulary{
		commands: [][2]string{
			{"completion", "prints a script that completes these words"},
			{"explain", "says what a rule reports, and why"},
			{"help", "lists the flags"},
			{"init", "writes .spanlint.yml, after a look at the module"},
			{"report", "prints what go vet -json has printed"},
			{"rules", "lists the rules and their categories"},
			{"schema", "prints the JSON schema of .spanlint.yml"},
			{"version", "says which build this is"},
		},
		values: map[string][]string{
			"format":              format.Names,
			"detach":              {string(analyzer.DetachLink), string(analyzer.DetachChild)},
			"C":                   {aDirectory},
			"new-from-rev":        {aRevision},
			"new-from-merge-base": {aRevision},
		},
	}
	for _, mode := range load.Modes {
		v.values["load"] = append(v.values["load"], string(mode))
	}
	for _, name := range []string{"o", "config", "diff-file", "baseline", "write-baseline"} {
		v.values[name] = []string{aFile}
	}
	for _, rule := range analyzer.Rules() {
		v.rules = append(v.rules, rule.Name)
		v.values["enable"] = append(v.values["enable"], rule.Name)
		for _, category := range rule.Categories {
			v.values["enable"] = append(v.values["enable"], rule.Name+"."+category.Name)
		}
	}
	fs.VisitAll(func(f *flag.Flag) {
		_, usage := flag.UnquoteUsage(f)
		v.flags = append(v.flags, [2]string{f.Name, usage})
	})
	return v
}

// each calls f for every flag that a value follows, in order.
func (v vocabulary) each(f func(name string, words []string)) {
	for _, flag := range v.flags {
		if words, ok := v.values[flag[0]]; ok {
			f(flag[0], words)
		}
	}
}

// quoted writes a word so that every shell takes it as it is. Fish alone
// reads a backslash within quotes.
func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// completion prints a script that completes commands, flags and their values.
func (c *command) completion(args []string) int {
	if len(args) != 1 {
		return c.fail(errors.New("completion: name a shell: bash, zsh or fish"))
	}
	write := map[string]func(vocabulary) string{"bash": vocabulary.bash, "zsh": vocabulary.zsh, "fish": vocabulary.fish}[args[0]]
	if write == nil {
		return c.fail(fmt.Errorf("completion: there is no script for %q: name bash, zsh or fish", args[0]))
	}
	fmt.Fprint(c.stdout, write(c.vocabulary()))
	return exitClean
}

func firsts(pairs [][2]string) []string {
	var words []string
	for _, p := range pairs {
		words = append(words, p[0])
	}
	return words
}

// COMP_WORDBREAKS has = in it, so a flag and its value are words of their own.
func (v vocabulary) bash() string {
	var b strings.Builder
	b.WriteString(`# To use it: source <(spanlint completion bash)
_spanlint() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}
	[ "$cur" = "=" ] && cur=
	[ "$prev" = "=" ] && prev=${COMP_WORDS[COMP_CWORD-2]}
	case $prev in
`)
	v.each(func(name string, words []string) {
		how := "-W " + quoted(strings.Join(words, " "))
		switch words[0] {
		case aFile:
			how = "-f"
		case aDirectory:
			how = "-d"
		case aRevision:
			how = `-W "$(` + branches + `)"`
		}
		fmt.Fprintf(&b, "\t-%[1]s | --%[1]s) COMPREPLY=($(compgen %[2]s -- \"$cur\")); return ;;\n", name, how)
	})
	fmt.Fprintf(&b, `	esac
	case ${COMP_WORDS[1]} in
	explain) COMPREPLY=($(compgen -W %s -- "$cur")); return ;;
	completion) COMPREPLY=($(compgen -W 'bash zsh fish' -- "$cur")); return ;;
	esac
	case $cur in
	--*) COMPREPLY=($(compgen -W %s -- "$cur")) ;;
	-*) COMPREPLY=($(compgen -W %s -- "$cur")) ;;
	*)
		COMPREPLY=($(compgen -d -- "$cur"))
		[ "$COMP_CWORD" -eq 1 ] && COMPREPLY+=($(compgen -W %s -- "$cur"))
		;;
	esac
}
complete -F _spanlint spanlint
`, quoted(strings.Join(v.rules, " ")), quoted("--"+strings.Join(firsts(v.flags), " --")),
		quoted("-"+strings.Join(firsts(v.flags), " -")), quoted(strings.Join(firsts(v.commands), " ")))
	return b.String()
}

// The script is a function for a directory of fpath, and can be sourced too.
func (v vocabulary) zsh() string {
	var b strings.Builder
	b.WriteString(`#compdef spanlint
# To use it, after compinit: source <(spanlint completion zsh)
# or write it to a file _spanlint in a directory of $fpath.
_spanlint() {
	local -a known
	local name=
	if [[ $words[CURRENT] == -*=* ]]; then
		name=${words[CURRENT]%%=*}
		compset -P '*='
	elif (( CURRENT > 2 )); then
		name=$words[CURRENT-1]
	fi
	case ${name/#--/-} in
`)
	v.each(func(name string, words []string) {
		how := "compset -P '*,'; compadd -- " + strings.Join(words, " ")
		switch words[0] {
		case aFile:
			how = "_files"
		case aDirectory:
			how = "_files -/"
		case aRevision:
			how = `compadd -- ${(f)"$(` + branches + `)"}`
		}
		fmt.Fprintf(&b, "\t-%s) %s; return ;;\n", name, how)
	})
	fmt.Fprintf(&b, `	esac
	case $words[2] in
	explain) (( CURRENT > 2 )) && { compadd -- %s; return } ;;
	completion) (( CURRENT > 2 )) && { compadd -- bash zsh fish; return } ;;
	esac
	if [[ $words[CURRENT] == -* ]]; then
		known=(
`, strings.Join(v.rules, " "))
	entries := func(prefix string, pairs [][2]string) {
		for _, p := range pairs {
			fmt.Fprintf(&b, "\t\t\t%s\n", quoted(prefix+p[0]+":"+strings.ReplaceAll(p[1], ":", `\:`)))
		}
	}
	entries("-", v.flags)
	b.WriteString("\t\t)\n\t\t_describe -o flag known\n\t\treturn\n\tfi\n\tif (( CURRENT == 2 )); then\n\t\tknown=(\n")
	entries("", v.commands)
	b.WriteString(`		)
		_describe command known
	fi
	_files -/
}
if [[ $funcstack[1] == _spanlint ]]; then
	_spanlint "$@"
else
	compdef _spanlint spanlint
fi
`)
	return b.String()
}

func (v vocabulary) fish() string {
	quote := func(s string) string { return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(s) + "'" }
	var b strings.Builder
	b.WriteString("# To use it: spanlint completion fish | source\n")
	for _, p := range v.commands {
		fmt.Fprintf(&b, "complete -c spanlint -n __fish_use_subcommand -a %s -d %s\n", p[0], quote(p[1]))
	}
	// Where packages may stand, directories do.
	fmt.Fprintf(&b, "complete -c spanlint -n '__fish_seen_subcommand_from explain' -f -a %s\n", quote(strings.Join(v.rules, " ")))
	b.WriteString("complete -c spanlint -n '__fish_seen_subcommand_from completion' -f -a 'bash zsh fish'\n")
	for _, p := range v.flags {
		how := ""
		if words, ok := v.values[p[0]]; ok {
			switch words[0] {
			case aFile:
				how = " -r -F"
			case aDirectory:
				how = " -x -a '(__fish_complete_directories)'"
			case aRevision:
				how = " -x -a " + quote("("+branches+")")
			default:
				how = " -x -a " + quote(strings.Join(words, " "))
			}
		}
		fmt.Fprintf(&b, "complete -c spanlint -o %s%s -d %s\n", p[0], how, quote(p[1]))
	}
	return b.String()
}
