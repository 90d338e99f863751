package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Words as they are typed, and what a shell makes of them: the only one that
// fits, or else some that fit.
var typed = []struct {
	line, want string
	also       []string
}{
	{line: "spanlint expl", want: "explain"},
	{line: "spanlint explain spanen", want: "spanend"},
	{line: "spanlint explain orphanspan logc", want: "logctx"},
	{line: "spanlint completion f", want: "fish"},
	{line: "spanlint -new-from-r", want: "-new-from-rev"},
	{line: "spanlint ./... -show-i", want: "-show-ignored"},
	{line: "spanlint -new-from-merge-base ma", want: "main"},
	{line: "spanlint -format sa", want: "sarif"},
	{line: "spanlint -format=sa", want: "sarif"},
	{line: "spanlint -detach=c", want: "child"},
	{line: "spanlint -load so", want: "source"},
	{line: "spanlint -enable spanerror.b", want: "spanerror.benign"},
	{line: "spanlint -baseline know", want: "known.json"},
	{line: "spanlint -C int", want: "internal"},
	{line: "spanlint report -form", want: "-format"},
	{line: "spanlint -spanend.", also: []string{"-spanend.lost", "-spanend.manual"}},
	{line: "spanlint ", also: []string{"init", "report", "version"}},
	{line: "spanlint -format ", also: []string{"text", "html", "rdjson"}},
}

func TestCompletion(t *testing.T) {
	var names []string
	for _, c := range new(command).vocabulary().commands {
		names = append(names, c[0])
	}
	for name := range commands() {
		if !slices.Contains(names, name) {
			t.Errorf("%s is a command, and not completed", name)
		}
	}
	for shell, complete := range map[string]func(t *testing.T, path, script, dir string) [][]string{
		"bash": completeBash, "zsh": completeZsh, "fish": completeFish,
	} {
		t.Run(shell, func(t *testing.T) {
			code, script, stderr := spanlint(t, "completion", shell)
			if code != 0 || stderr != "" {
				t.Fatalf("exit code %d, %s", code, stderr)
			}
			path, err := exec.LookPath(shell)
			if err != nil {
				t.Skipf("%s is not installed", shell)
			}
			dir := t.TempDir()
			for name, text := range map[string]string{"script": script, "known.json": "", "internal/x.go": ""} {
				if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o777); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			if git, err := exec.LookPath("git"); err == nil {
				for _, args := range [][]string{
					{"init", "-q", "-b", "main"},
					{"-c", "user.name=tester", "-c", "user.email=tester@example.com", "commit", "-q", "--allow-empty", "-m", "first"},
				} {
					cmd := exec.Command(git, args...)
					cmd.Dir, cmd.Env = dir, append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1")
					if out, err := cmd.CombinedOutput(); err != nil {
						t.Fatalf("%v: %s", err, out)
					}
				}
			}
			got := complete(t, path, filepath.Join(dir, "script"), dir)
			for i, test := range typed {
				if test.want != "" && !slices.Equal(got[i], []string{test.want}) {
					t.Errorf("%q: %q, want %s alone", test.line, got[i], test.want)
				}
				for _, word := range test.also {
					if !slices.Contains(got[i], word) {
						t.Errorf("%q: %q, want %s too", test.line, got[i], word)
					}
				}
			}
		})
	}
}

func shell(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "HOME="+dir, "XDG_CONFIG_HOME="+dir, "XDG_DATA_HOME="+dir, "XDG_CACHE_HOME="+dir, "TERM=dumb", "LC_ALL=C")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return string(out)
}

// Bash takes = for the end of a word.
func completeBash(t *testing.T, path, script, dir string) [][]string {
	var got [][]string
	for _, test := range typed {
		words := strings.Fields(strings.ReplaceAll(test.line, "=", " = "))
		if strings.HasSuffix(test.line, " ") {
			words = append(words, "")
		}
		out := shell(t, dir, append([]string{path, "-c", `source "$0"
			COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _spanlint; printf '%s\n' "${COMPREPLY[@]}"`, script}, words...)...)
		got = append(got, strings.Fields(out))
	}
	return got
}

func completeFish(t *testing.T, path, script, dir string) [][]string {
	var got [][]string
	for _, test := range typed {
		var list []string
		for line := range strings.Lines(shell(t, dir, path, "-c", `source $argv[1]; complete -C $argv[2]`, script, test.line)) {
			word, _, _ := strings.Cut(strings.TrimSpace(line), "\t")
			if _, value, ok := strings.Cut(word, "="); ok {
				word = value
			}
			list = append(list, strings.TrimSuffix(word, "/"))
		}
		got = append(got, list)
	}
	return got
}

// Zsh completes where somebody types: in a pseudo-terminal. What fits goes to
// a file on its way to the screen.
func completeZsh(t *testing.T, path, script, dir string) [][]string {
	const drive = `
zmodload zsh/zpty
zpty typist $1 -f -i
wait_for() {
	local i
	for i in {1..1000}; do
		[[ -e out ]] && grep -qx "end $1" out && return
		zpty -r -t typist junk 2>/dev/null
		sleep 0.02
	done
	cat out
	exit 1
}
zpty -w typist 'PROMPT=; KEYTIMEOUT=1; autoload -Uz compinit; compinit -u -D; setopt no_beep; source script'
zpty -w typist 'compadd() {
	local -a fit
	[[ " ${@[1,(i)(-|--)]} " == *" -"[OAD]" "* ]] || { builtin compadd -A fit "$@"; print -rl -- $fit >>out }
	builtin compadd "$@"
}'
zpty -w typist 'n=0; tell() { print -r "end $((n++))" >>out; BUFFER= }; zle -N tell; bindkey "^X" tell; tell'
wait_for 0
n=0
shift
for line in "$@"; do
	zpty -w -n typist "$line"$'\t\x18'
	wait_for $((++n))
done
zpty -d typist
`
	args := []string{path, "-f", "-c", drive, "drive", path}
	for _, test := range typed {
		args = append(args, test.line)
	}
	shell(t, dir, args...)
	data, err := os.ReadFile(filepath.Join(dir, "out"))
	if err != nil {
		t.Fatal(err)
	}
	var got [][]string
	var list []string
	for line := range strings.Lines(string(data)) {
		word := strings.TrimSpace(line)
		switch {
		case word == "end 0":
		case strings.HasPrefix(word, "end "):
			got, list = append(got, list), nil
		case word != "" && !slices.Contains(list, word):
			list = append(list, word)
		}
	}
	return got
}
