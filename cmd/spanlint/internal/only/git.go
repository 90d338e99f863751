// Package only narrows findings down to those that are new: on lines that a
// diff has changed, or not in a baseline.
package only

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// A repository is a git work tree.
type repository struct{ dir string }

// open returns the repository around a directory.
func open(dir string) (repository, error) {
	r := repository{dir}
	top, err := r.git("rev-parse", "--show-toplevel")
	if err != nil {
		if errors.Is(err, exec.ErrNotFound) {
			return r, errors.New("git is not installed, or not in PATH: install it, or hand the changes over with -diff-file")
		}
		if strings.Contains(err.Error(), "not a git repository") {
			return r, fmt.Errorf("%s is not in a git repository: hand the changes over with -diff-file, or use -baseline", dir)
		}
		return r, err
	}
	// As the loader's paths are: without symbolic links.
	r.dir = filepath.FromSlash(strings.TrimRight(top, "\r\n"))
	return r, nil
}

// git runs a git command. Its error is one line.
func (r repository) git(args ...string) (string, error) {
	cmd := exec.Command("git", append([]string{"-C", r.dir, "-c", "core.quotePath=false"}, args...)...)
	cmd.Env = append(os.Environ(), "LC_ALL=C", "GIT_OPTIONAL_LOCKS=0", "GIT_PAGER=cat", "GIT_EXTERNAL_DIFF=")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		if !errors.As(err, new(*exec.ExitError)) {
			return "", err
		}
		text := strings.Join(strings.Fields(stderr.String()), " ")
		if text == "" {
			text = err.Error()
		}
		return stdout.String(), fmt.Errorf("git %s: %s", args[0], strings.TrimPrefix(text, "fatal: "))
	}
	return stdout.String(), nil
}

// shallow reports whether the clone has only a part of the history.
func (r repository) shallow() bool {
	out, err := r.git("rev-parse", "--is-shallow-repository")
	return err == nil && strings.TrimSpace(out) == "true"
}

// commit returns the commit that the user has named by rev.
func (r repository) commit(flag, rev string) (string, error) {
	out, err := r.git("rev-parse", "--verify", "--quiet", "--end-of-options", rev+"^{commit}")
	if err == nil {
		return strings.TrimSpace(out), nil
	}
	hint := "name a commit, a branch or a tag that 'git log' knows here"
	if _, err := r.git("rev-parse", "--verify", "--quiet", "--end-of-options", "origin/"+rev+"^{commit}"); err == nil {
		hint = "did you mean origin/" + rev + "?" // continuous integration checks out no other branch
	} else if r.shallow() {
		hint = "this clone is shallow: fetch it first, as by 'git fetch origin " + strings.TrimPrefix(rev, "origin/") + "', or with fetch-depth: 0"
	}
	return "", fmt.Errorf("%s=%s: there is no such revision; %s", flag, rev, hint)
}

// mergeBase returns where HEAD has left rev.
func (r repository) mergeBase(flag, rev string) (string, error) {
	commit, err := r.commit(flag, rev)
	if err != nil {
		return "", err
	}
	if _, err := r.commit(flag, "HEAD"); err != nil {
		return "", fmt.Errorf("%s=%s: there is no commit here yet", flag, rev)
	}
	out, err := r.git("merge-base", commit, "HEAD")
	if base := strings.TrimSpace(out); err == nil && base != "" {
		return base, nil
	}
	hint := "they have no history in common"
	if r.shallow() {
		hint = "this clone is shallow: fetch more of the history, by 'git fetch --unshallow' or with fetch-depth: 0"
	}
	return "", fmt.Errorf("%s=%s: there is no merge base of it and HEAD; %s", flag, rev, hint)
}

// changes returns what differs between a commit and the files as they are now,
// those that git does not know yet included.
func (r repository) changes(commit string) (*Changes, error) {
	diff, err := r.git("diff", "--unified=0", "--no-color", "--no-ext-diff", "--no-textconv", "--find-renames",
		"--ignore-submodules=none", "--src-prefix=a/", "--dst-prefix=b/", commit, "--")
	if err != nil {
		return nil, err
	}
	c, err := parse(strings.NewReader(diff))
	if err != nil {
		return nil, fmt.Errorf("git diff: %w", err)
	}
	c.root(r.dir)
	untracked, err := r.git("ls-files", "--others", "--exclude-standard", "-z")
	if err != nil {
		return nil, err
	}
	for name := range strings.SplitSeq(untracked, "\x00") {
		if name != "" {
			c.files[filepath.Join(r.dir, filepath.FromSlash(name))] = []lines{{1, 1 << 30}}
		}
	}
	return c, nil
}

// Root returns the directory of the repository around dir, or dir itself. It
// asks nobody: the formats of code hosts want it where git is not installed.
func Root(dir string) string {
	for at := dir; ; {
		if _, err := os.Stat(filepath.Join(at, ".git")); err == nil {
			return at
		}
		parent := filepath.Dir(at)
		if parent == at {
			return dir
		}
		at = parent
	}
}
