package scope

import (
	"go/ast"
	"go/types"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// IsTest reports whether the node is code for tests.
func (p *Package) IsTest(n ast.Node) bool { return p.support || p.InTestFile(n) }

// InTestFile reports whether the node's file is for tests beside others of its
// package that are not, or is a _test.go file. Models ask this of uses: what
// tests do to the code they test says nothing about it, but in a package that is
// all for tests there is nothing else to go by.
func (p *Package) InTestFile(n ast.Node) bool {
	if strings.HasSuffix(p.Fset.Position(n.Pos()).Filename, "_test.go") {
		return true
	}
	return !p.support && len(p.supports) > 0 && p.supports[p.Fset.File(n.Pos())]
}

// directories are the names of directories whose packages are for tests,
// without hyphens, underscores and case: test-utils and testUtils are testutils.
// Names that products use as well (integration, stub, sandbox) are left out.
var directories = map[string]bool{
	"test": true, "tests": true, "testing": true, "testdata": true, "testenv": true,
	"testutil": true, "testutils": true, "testhelper": true, "testhelpers": true,
	"e2e": true, "e2etest": true, "e2etests": true, "integrationtest": true, "integrationtests": true,
	"mock": true, "mocks": true, "fake": true, "fakes": true,
}

// frameworks are the modules whose packages only code for tests imports.
var frameworks = []string{
	"github.com/golang/mock",
	"github.com/onsi/ginkgo",
	"github.com/onsi/gomega",
	"github.com/orlangure/gnomock",
	"github.com/ory/dockertest",
	"github.com/stretchr/testify",
	"github.com/testcontainers/testcontainers-go",
	"go.uber.org/mock",
	"gotest.tools",
}

// forTests reports whether a package lies below a directory for tests.
func forTests(pass *analysis.Pass) bool {
	for elem := range strings.SplitSeq(belowModule(pass), "/") {
		if directories[strings.ToLower(strings.NewReplacer("-", "", "_", "").Replace(elem))] {
			return true
		}
	}
	return false
}

// belowModule returns the part of a package's path that its module's does not
// have. Bazel knows no modules, but names files by where they lie below the
// workspace, which is most often the module; where neither is known it is "".
func belowModule(pass *analysis.Pass) string {
	if pass.Module != nil && pass.Module.Path != "" {
		// A variant for tests may be called "m/p [m/p.test]".
		of, _, _ := strings.Cut(pass.Pkg.Path(), " ")
		below, ok := strings.CutPrefix(of, pass.Module.Path+"/")
		if !ok {
			return ""
		}
		return below
	}
	name := filepath.ToSlash(sourceName(pass.Fset, pass.Files))
	if name == "" || filepath.IsAbs(name) || path.IsAbs(name) {
		return ""
	}
	return path.Dir(name)
}

// helpsTests reports whether a file is written for tests.
func helpsTests(f *ast.File, info *types.Info) bool {
	for _, imp := range f.Imports {
		name, err := strconv.Unquote(imp.Path.Value)
		if err != nil {
			continue
		}
		for _, module := range frameworks {
			if name == module || strings.HasPrefix(name, module+"/") {
				return true
			}
		}
	}
	for _, decl := range f.Decls {
		fn, ok := decl.(*ast.FuncDecl)
		if !ok {
			continue
		}
		for _, field := range fn.Type.Params.List {
			if isTester(info.TypeOf(field.Type)) {
				return true
			}
		}
	}
	return false
}

// isTester reports whether a parameter of the type is given by package testing
// to tests, benchmarks and fuzz targets.
func isTester(t types.Type) bool {
	if t == nil {
		return false
	}
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || named.Obj().Pkg() == nil || named.Obj().Pkg().Path() != "testing" {
		return false
	}
	switch named.Obj().Name() {
	case "T", "B", "F", "TB":
		return true
	}
	return false
}
