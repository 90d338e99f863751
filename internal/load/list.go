package load

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strings"

	"golang.org/x/tools/go/packages"
)

// A listing is what the go command says about the packages and itself.
type listing struct {
	env      goEnv
	packages []*listPackage
}

type goEnv struct {
	GOROOT, GOMODCACHE, GOVERSION, GOARCH, GOMOD, GOWORK string
}

// A listPackage is the part of go list's Package that we read. No field of it
// makes the go command compile anything.
type listPackage struct {
	Dir        string
	ImportPath string // with " [p.test]" for a variant
	Name       string
	ForTest    string
	Standard   bool
	DepOnly    bool
	Module     *packages.Module

	GoFiles        []string
	CgoFiles       []string
	InvalidGoFiles []string
	IgnoredGoFiles []string
	OtherFiles     []string `json:"-"`
	CFiles         []string
	CXXFiles       []string
	HFiles         []string
	SFiles         []string
	SysoFiles      []string
	EmbedFiles     []string

	Imports   []string
	ImportMap map[string]string
	Error     *listError
}

type listError struct {
	ImportStack []string
	Pos         string
	Err         string
}

const listFields = "Dir,ImportPath,Name,ForTest,Standard,DepOnly,Module," +
	"GoFiles,CgoFiles,InvalidGoFiles,IgnoredGoFiles,CFiles,CXXFiles,HFiles,SFiles,SysoFiles,EmbedFiles," +
	"Imports,ImportMap,Error"

// path returns the import path as the type checker knows it.
func (p *listPackage) path() string {
	path, _, _ := strings.Cut(p.ImportPath, " ")
	return path
}

// isTestMain reports whether the package is the main that go test
// synthesizes. Its only file lies in the build cache.
func (p *listPackage) isTestMain() bool {
	return p.Name == "main" && strings.HasSuffix(p.ImportPath, ".test") &&
		len(p.GoFiles) == 1 && filepath.IsAbs(p.GoFiles[0])
}

// goList asks the go command.
func goList(cfg Config) (*listing, error) {
	// The environment is asked for in the meantime; it takes a tenth.
	type answer struct {
		env goEnv
		err error
	}
	envc := make(chan answer, 1)
	go func() {
		var a answer
		out, err := goCommand(cfg, "env", "-json", "GOROOT", "GOMODCACHE", "GOVERSION", "GOARCH", "GOMOD", "GOWORK")
		if err == nil {
			err = json.Unmarshal(out, &a.env)
		}
		a.err = err
		envc <- a
	}()

	var importers chan []*listPackage
	if cfg.Importers {
		importers = make(chan []*listPackage, 1)
		go func() { importers <- mainModules(cfg) }()
	}
	pkgs, err := listPackages(cfg, cfg.Tests, cfg.Patterns)
	env := <-envc
	if err != nil {
		return nil, err
	}
	if env.err != nil {
		return nil, env.err
	}
	l := &listing{env: env.env, packages: pkgs}
	if err := l.check(cfg); err != nil {
		return nil, err
	}
	if importers != nil {
		l.add(<-importers)
	}
	return l, nil
}

// mainModules returns all packages of the main modules, with tests. Nobody has
// asked for them by a pattern, so what fails here is no error.
func mainModules(cfg Config) []*listPackage {
	out, err := goCommand(cfg, "list", "-m")
	if err != nil {
		return nil
	}
	var patterns []string
	for module := range strings.FieldsSeq(string(out)) {
		patterns = append(patterns, module+"/...")
	}
	pkgs, _ := listPackages(cfg, true, patterns)
	return pkgs
}

// add adds those packages that are not in the list yet.
func (l *listing) add(pkgs []*listPackage) {
	known := make(map[string]bool)
	for _, p := range l.packages {
		known[p.ImportPath] = true
	}
	for _, p := range pkgs {
		if !known[p.ImportPath] {
			p.DepOnly = true
			l.packages = append(l.packages, p)
		}
	}
}

func listPackages(cfg Config, tests bool, patterns []string) ([]*listPackage, error) {
	args := []string{"list", "-e", "-deps", fmt.Sprintf("-test=%t", tests),
		// A default.pgo would give every package a variant of its own.
		"-pgo=off",
		"-json=" + listFields}
	if cfg.Tags != "" {
		args = append(args, "-tags="+cfg.Tags)
	}
	out, err := goCommand(cfg, append(append(args, "--"), patterns...)...)
	if err != nil {
		return nil, err
	}
	var pkgs []*listPackage
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		p := new(listPackage)
		if err := dec.Decode(p); err == io.EOF {
			return pkgs, nil
		} else if err != nil {
			return nil, fmt.Errorf("cannot read the output of go list: %v", err)
		}
		if !p.isTestMain() {
			pkgs = append(pkgs, p)
		}
	}
}

// check tells the cases in which there is nothing to analyze.
func (l *listing) check(cfg Config) error {
	matched := 0
	var firstErr string
	for _, p := range l.packages {
		if p.DepOnly {
			continue
		}
		if p.Name != "" || p.Dir != "" && len(p.InvalidGoFiles) > 0 {
			matched++
		} else if p.Error != nil && firstErr == "" {
			firstErr = p.Error.Err
		}
	}
	switch {
	case matched > 0:
		return nil
	case l.env.noModule():
		return errNoModule(cfg.Dir)
	case firstErr != "":
		return errors.New(advise(firstErr))
	}
	return fmt.Errorf("no packages match %s in %s", strings.Join(cfg.Patterns, " "), cfg.Dir)
}

func (e goEnv) noModule() bool {
	return (e.GOMOD == "" || e.GOMOD == "/dev/null" || e.GOMOD == "NUL") && e.GOWORK == ""
}

func errNoModule(dir string) error {
	return fmt.Errorf("no go.mod found in %s or above it: run 'go mod init' there, or use -C to name the module's directory", dir)
}

// goCmd returns a command that runs the go command in the directory of cfg.
func goCmd(cfg Config, args ...string) *exec.Cmd {
	cmd := exec.Command("go", args...)
	cmd.Dir = cfg.Dir
	// PWD makes the go command keep the name of a directory that is reached
	// by a symbolic link.
	cmd.Env = append(cfg.Env[:len(cfg.Env):len(cfg.Env)], "PWD="+cfg.Dir)
	return cmd
}

// goCommand runs the go command and returns what it prints.
func goCommand(cfg Config, args ...string) ([]byte, error) {
	cmd := goCmd(cfg, args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return out, nil
	case errors.Is(err, exec.ErrNotFound):
		return nil, errors.New("the go command is not on PATH: install Go, packages are found by 'go list'")
	case !errors.As(err, &exit):
		return nil, fmt.Errorf("cannot run the go command: %v", err)
	}
	msg := complaint(stderr.String())
	if strings.Contains(msg, "go.mod file not found") {
		return nil, errNoModule(cfg.Dir)
	}
	return nil, fmt.Errorf("go %s: %s", args[0], msg)
}

// complaint returns, on one line, what the go command prints when it fails,
// without its progress until then.
func complaint(stderr string) string {
	var lines []string
	for line := range strings.Lines(stderr) {
		if !strings.HasPrefix(line, "go: downloading ") {
			lines = append(lines, line)
		}
	}
	return oneLine(strings.TrimPrefix(strings.Join(lines, ""), "go: "))
}
