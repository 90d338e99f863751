package only

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/spanlint/spanlint/cmd/spanlint/internal/format"
)

// Changes are lines that have been added or changed, by file.
type Changes struct {
	files map[string][]lines // by absolute name once rooted
	base  string
}

type lines struct{ first, last int }

// SinceRevision returns what has changed since a revision.
func SinceRevision(dir, rev string) (*Changes, error) {
	r, err := open(dir)
	if err != nil {
		return nil, fmt.Errorf("-new-from-rev=%s: %w", rev, err)
	}
	commit, err := r.commit("-new-from-rev", rev)
	if err != nil {
		return nil, err
	}
	return r.changes(commit)
}

// SinceMergeBase returns what has changed since HEAD has left a branch. What
// others have put into the branch since is not in it.
func SinceMergeBase(dir, branch string) (*Changes, error) {
	r, err := open(dir)
	if err != nil {
		return nil, fmt.Errorf("-new-from-merge-base=%s: %w", branch, err)
	}
	commit, err := r.mergeBase("-new-from-merge-base", branch)
	if err != nil {
		return nil, err
	}
	return r.changes(commit)
}

// InDiff returns what a unified diff changes: a file, or "-" for stdin. Its paths
// are below the repository or, as 'git diff --relative' prints them, below dir.
func InDiff(dir, name string, stdin io.Reader) (*Changes, error) {
	in := stdin
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, fmt.Errorf("-diff-file: %w", err)
		}
		defer f.Close()
		in = f
	}
	c, err := parse(in)
	if err != nil {
		return nil, fmt.Errorf("-diff-file=%s: %w", name, err)
	}
	root := Root(dir)
	c.base = dir
	rooted := make(map[string][]lines)
	for path, list := range c.files {
		at := filepath.Join(root, path)
		if _, err := os.Stat(at); err != nil {
			at = filepath.Join(dir, path)
		}
		rooted[real(at)] = list
	}
	c.files = rooted
	return c, nil
}

func (c *Changes) root(dir string) {
	c.base = dir
	rooted := make(map[string][]lines)
	for path, list := range c.files {
		rooted[filepath.Join(dir, path)] = list
	}
	c.files = rooted
}

// real returns a name without symbolic links, for comparing.
func real(name string) string {
	if r, err := filepath.EvalSymlinks(name); err == nil {
		return r
	}
	return name
}

// Has reports whether a finding is on changed lines: it, or the place that
// proves it, as the return that was put before the End of a span.
func (c *Changes) Has(f format.Finding) bool {
	if c.touches(f.File, f.Start, f.End) {
		return true
	}
	for _, r := range f.Related {
		if c.touches(r.File, r.Start, r.End) {
			return true
		}
	}
	return false
}

func (c *Changes) touches(file string, start, end format.Pos) bool {
	list, ok := c.files[file]
	if !ok {
		list = c.files[real(file)]
	}
	for _, l := range list {
		if l.first <= max(end.Line, start.Line) && start.Line <= l.last {
			return true
		}
	}
	return false
}

var hunk = regexp.MustCompile(`^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@`)

// parse reads a unified diff, with or without lines of context.
func parse(in io.Reader) (*Changes, error) {
	c := &Changes{files: make(map[string][]lines)}
	var (
		file     string
		known    bool // file is that of a header, and not deleted
		old, new int  // lines left of the hunk
		at       int  // next line of the new file
		any      bool
		text     bool
	)
	r := bufio.NewReader(in)
	for n := 1; ; n++ {
		line, err := r.ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		end := err != nil
		line = strings.TrimRight(line, "\r\n")
		text = text || strings.TrimSpace(line) != ""
		switch {
		case old > 0 || new > 0:
			switch {
			case end && line == "":
				return nil, fmt.Errorf("line %d: the diff ends in the middle of a hunk", n)
			case strings.HasPrefix(line, "+"):
				if known {
					c.add(file, at)
				}
				at++
				new--
			case strings.HasPrefix(line, "-"):
				old--
			case strings.HasPrefix(line, `\`): // no newline at the end of the file
			case line == "" || line[0] == ' ':
				at++
				old--
				new--
			default:
				return nil, fmt.Errorf("line %d: %q is not a line of a hunk", n, clip(line))
			}
			if old < 0 || new < 0 {
				return nil, fmt.Errorf("line %d: the hunk is longer than it says", n)
			}
		case strings.HasPrefix(line, "diff --git ") || strings.HasPrefix(line, "rename ") || strings.HasPrefix(line, "Binary files "):
			any = true
		case strings.HasPrefix(line, "+++ "):
			name, ok := path(strings.TrimPrefix(line, "+++ "))
			file, known, any = name, ok, true
		case strings.HasPrefix(line, "@@"):
			m := hunk.FindStringSubmatch(line)
			if m == nil || file == "" && known {
				return nil, fmt.Errorf("line %d: %q is not the head of a hunk", n, clip(line))
			}
			old, at, new = number(m[1], 1), number(m[2], 0), number(m[3], 1)
			any = true
		}
		if end {
			break
		}
	}
	if old > 0 || new > 0 {
		return nil, errors.New("the diff ends in the middle of a hunk")
	}
	if text && !any {
		return nil, errors.New("it is not a unified diff, as 'git diff' prints it")
	}
	return c, nil
}

// path reads the name in a header; not ok for a file that is deleted.
func path(header string) (name string, ok bool) {
	if strings.HasPrefix(header, `"`) { // as git quotes names
		if unquoted, err := strconv.Unquote(header[:strings.LastIndex(header, `"`)+1]); err == nil {
			header = unquoted
		}
	} else {
		header, _, _ = strings.Cut(header, "\t") // a time follows
	}
	if header == "/dev/null" {
		return "", false
	}
	for _, prefix := range []string{"b/", "w/", "i/", "./"} {
		if rest, found := strings.CutPrefix(header, prefix); found {
			header = rest
			break
		}
	}
	return filepath.FromSlash(header), true
}

func (c *Changes) add(file string, line int) {
	list := c.files[file]
	if n := len(list); n > 0 && list[n-1].last == line-1 {
		list[n-1].last = line
		return
	}
	c.files[file] = append(list, lines{line, line})
}

func number(s string, missing int) int {
	if n, err := strconv.Atoi(s); err == nil {
		return n
	}
	return missing
}

func clip(s string) string {
	if len(s) > 40 {
		return s[:40] + "..."
	}
	return s
}
