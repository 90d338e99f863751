package load

import (
	"cmp"
	"errors"
	"fmt"
	"go/scanner"
	"go/token"
	"go/types"
	"io/fs"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// An Error is one line about something that could not be loaded.
type Error struct {
	Pos token.Position // with an absolute file name; may be zero
	Msg string
}

func (e Error) Error() string {
	if e.Pos.Filename == "" {
		return e.Msg
	}
	return e.Pos.String() + ": " + e.Msg
}

// addError notes what is wrong with a first-party unit. In the code of others
// errors are ignored: faking cgo causes some, and a package that does not
// compile shows where it is used.
func (g *graph) addError(u *unit, err error) {
	if !u.firstParty {
		return
	}
	var (
		list scanner.ErrorList
		typ  types.Error
		path *fs.PathError
	)
	switch {
	case errors.As(err, &list):
		for _, e := range list {
			u.errs = append(u.errs, Error{e.Pos, oneLine(e.Msg)})
		}
	case errors.As(err, &typ):
		u.errs = append(u.errs, Error{g.fset.Position(typ.Pos), oneLine(typ.Msg)})
	case errors.As(err, &path):
		u.errs = append(u.errs, Error{token.Position{Filename: path.Path}, path.Err.Error()})
	default:
		u.errs = append(u.errs, Error{Msg: fmt.Sprintf("%s: %s", u.meta.ImportPath, oneLine(err.Error()))})
	}
}

// errors returns what a user has to mend, each line once, leaving out what is
// loaded only because it imports what has changed.
func (g *graph) errors() []Error {
	var errs []Error
	at := make(map[token.Position]bool)
	for _, u := range g.units {
		// Have: what fails in the importer of a broken package has its cause there.
		if !u.inView || g.importsBroken(u) {
			continue
		}
		for _, e := range u.errs {
			errs = append(errs, e)
			at[line(e.Pos)] = true
		}
	}
	for _, u := range g.units {
		e := u.meta.Error
		switch {
		case e == nil || !u.inView:
		// Have: the parser and the type checker have said the same, with columns.
		case e.Pos == "" && len(u.errs) > 0, at[line(g.position(e.Pos))]:
		case g.cyclic && strings.HasPrefix(e.Err, "import cycle not allowed"):
		default:
			errs = append(errs, Error{g.position(e.Pos), advise(e.Err)})
		}
	}
	errs = inOrder(errs)
	if skew := Skew(g.env.GOVERSION); len(errs) > 0 && skew != "" {
		errs = append(errs, Error{Msg: skew})
	}
	return errs
}

// Skew says what to do if the go command, of the given version, is newer than
// the one that this program was built with. It may well work even so: what the
// go/types inside does not know has to be used first.
func Skew(goVersion string) string {
	if minor(goVersion) <= builtWith() {
		return ""
	}
	return fmt.Sprintf("this program was built with %s, but the go command is %s, whose language and library it does not know: build it again, with 'go install'", runtime.Version(), goVersion)
}

// inOrder returns the errors by position, each once.
func inOrder(errs []Error) []Error {
	slices.SortStableFunc(errs, func(a, b Error) int {
		return cmp.Or(
			cmp.Compare(a.Pos.Filename, b.Pos.Filename),
			cmp.Compare(a.Pos.Line, b.Pos.Line),
			cmp.Compare(a.Pos.Column, b.Pos.Column),
			cmp.Compare(a.Msg, b.Msg))
	})
	return slices.Compact(errs)
}

func line(pos token.Position) token.Position {
	return token.Position{Filename: pos.Filename, Line: pos.Line}
}

// importsBroken reports whether u imports, at any distance, a package that is
// broken for a reason of its own.
func (g *graph) importsBroken(u *unit) bool {
	seen := make(map[*unit]bool)
	var visit func(u *unit) bool
	visit = func(u *unit) bool {
		for _, imp := range u.imports {
			if seen[imp] || !imp.firstParty {
				continue
			}
			seen[imp] = true
			if imp.broken() || visit(imp) {
				return true
			}
		}
		return false
	}
	return len(u.errs) > 0 && visit(u)
}

// advise puts a message of the go command on one line, and says what to do
// where that is left out or would not help: what it offers for an entry missing
// in go.sum is to get a package that is there already.
func advise(msg string) string {
	msg = oneLine(msg)
	if what, _, ok := strings.Cut(msg, "; to add"); ok && strings.Contains(msg, "missing go.sum entry") {
		return what + "; run 'go mod tidy'"
	}
	for _, network := range []string{"module lookup disabled", "reading http", "dial tcp"} {
		if strings.Contains(msg, network) {
			return strings.TrimSuffix(msg, ".") + "; run 'go mod download' where the module can be reached"
		}
	}
	return msg
}

// position reads a position of the go command, "file:line:col" relative to
// the directory it ran in.
func (g *graph) position(s string) token.Position {
	if s == "" {
		return token.Position{}
	}
	var nums []int // the last first
	for len(nums) < 2 {
		i := strings.LastIndexByte(s, ':')
		if i < 0 {
			break
		}
		n, err := strconv.Atoi(s[i+1:])
		if err != nil {
			break
		}
		nums = append(nums, n)
		s = s[:i]
	}
	if !filepath.IsAbs(s) {
		s = filepath.Join(g.dir, s)
	}
	pos := token.Position{Filename: s}
	switch len(nums) {
	case 1:
		pos.Line = nums[0]
	case 2:
		pos.Line, pos.Column = nums[1], nums[0]
	}
	return pos
}

// oneLine folds a message of the go command or the type checker.
func oneLine(msg string) string {
	lines := strings.Split(strings.TrimSpace(msg), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimSpace(line)
	}
	return strings.Join(lines, " ")
}
