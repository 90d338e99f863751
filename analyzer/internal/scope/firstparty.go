package scope

import (
	"go/ast"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"

	"golang.org/x/tools/go/analysis"

	"github.com/spanlint/spanlint/analyzer/internal/config"
)

// FirstParty reports whether the package's files are the user's own: not
// below GOROOT or the module cache, and without a path element vendor or
// external. Every driver knows where files lie, and nothing else about a
// module that all of them agree on.
func FirstParty(pass *analysis.Pass, cfg *config.Config) bool {
	if cfg.IsFirstParty(pass.Pkg.Path()) {
		return true
	}
	name := sourceName(pass.Fset, pass.Files)
	return name != "" && OwnFile(name) && !inStd(pass.Pkg.Path(), name)
}

// OwnPackage is FirstParty for a package that nobody has parsed, by its
// directory.
func OwnPackage(path, dir string, cfg *config.Config) bool {
	name := filepath.Join(dir, "any.go")
	return cfg.IsFirstParty(path) || OwnFile(name) && !inStd(path, name)
}

// sourceName returns the name of one of the files as the user knows it, ""
// if there are none. What cgo has made of a file lies in a cache and names the
// file above its package clause.
func sourceName(fset *token.FileSet, files []*ast.File) string {
	found := ""
	for _, f := range files {
		name := fset.Position(f.Package).Filename
		if found == "" || filepath.Base(found) == cgoTypes {
			found = name
		}
	}
	return found
}

// cgoTypes is the file of a package that uses cgo which stands for none of
// its own.
const cgoTypes = "_cgo_gotypes.go"

// OwnFile is FirstParty for one file name.
func OwnFile(name string) bool {
	name = filepath.ToSlash(name)
	if slices.ContainsFunc(goroots(), func(root string) bool { return strings.HasPrefix(name, root+"/src/") }) {
		return false
	}
	for elem := range strings.SplitSeq(name, "/") {
		// The module cache also has the toolchains that the go command downloads.
		if elem == "vendor" || elem == "external" || moduleVersion.MatchString(elem) {
			return false
		}
	}
	return true
}

// In the module cache every version has three numbers.
var moduleVersion = regexp.MustCompile(`@v\d+\.\d+\.\d+`)

// goroots returns where the standard library may lie: where the environment
// says, which go vet sets for its tools, or the build of this program, which
// may have been on another machine or with -trimpath; and with the go command
// that comes first on PATH, as drivers load packages by it.
var goroots = sync.OnceValue(func() []string {
	var roots []string
	if root := runtime.GOROOT(); root != "" {
		roots = append(roots, filepath.ToSlash(filepath.Clean(root)))
	}
	if name, err := exec.LookPath("go"); err == nil {
		if root := rootOf(name); root != "" {
			roots = append(roots, filepath.ToSlash(root))
		}
	}
	return roots
})

// rootOf returns the GOROOT that a go command belongs to, "" if it is a script
// or something else that stands in for one.
func rootOf(name string) string {
	name, err := filepath.EvalSymlinks(name)
	if err != nil {
		return ""
	}
	root := filepath.Dir(filepath.Dir(name))
	if info, err := os.Stat(filepath.Join(root, "src", "runtime")); err != nil || !info.IsDir() {
		return ""
	}
	return root
}

// inStd reports whether the file is of a package of the standard library
// wherever this is installed: the import path is one that it uses, and the
// file lies below src as the path says.
func inStd(path, name string) bool {
	path = strings.TrimSuffix(path, "_test") // external tests
	first, _, _ := strings.Cut(path, "/")
	return slices.Contains(stdDirs, first) && strings.HasSuffix(filepath.ToSlash(filepath.Dir(name)), "/src/"+path)
}

// stdDirs are the directories in GOROOT/src. A path that starts otherwise may
// be the user's own, in a GOPATH.
var stdDirs = []string{
	"archive", "arena", "bufio", "builtin", "bytes", "cmd", "cmp", "compress", "container", "context", "crypto", "database", "debug",
	"embed", "encoding", "errors", "expvar", "flag", "fmt", "go", "hash", "html", "image", "index", "internal", "io", "iter",
	"log", "maps", "math", "mime", "net", "os", "path", "plugin", "reflect", "regexp", "runtime", "simd", "slices", "sort",
	"strconv", "strings", "structs", "sync", "syscall", "testing", "text", "time", "unicode", "unique", "unsafe", "weak",
}
