// Bench runs spanlint and its neighbours on the same programs, in the same
// driver, and prints as Markdown what each of them finds, or what each costs:
//
//	go run .                       what they find below programs
//	go run . -update               writes that into the READMEs
//	go run . -cost -C DIR ./...    what they cost in a module
package main

import (
	"cmp"
	"flag"
	"fmt"
	"go/ast"
	"go/token"
	"io"
	"log"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	"time"

	spancheck "github.com/jjti/go-spancheck"
	"github.com/kkHAIKE/contextcheck"
	gosec "github.com/securego/gosec/v2/goanalysis"
	"github.com/sivchari/containedctx"
	"github.com/sonatard/noctx"
	spanlint "github.com/spanlint/spanlint/analyzer"
	fatcontext "go.augendre.info/fatcontext/pkg/analyzer"
	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/analysis/passes/lostcancel"
	"golang.org/x/tools/go/packages"
)

// A tool is a column of the table.
type tool struct {
	name string
	// module is where its version comes from.
	module string
	// analyzers returns new ones: gosec's and spanlint's keep what they are told.
	analyzers func() []*analysis.Analyzer
}

func one(a *analysis.Analyzer) func() []*analysis.Analyzer {
	return func() []*analysis.Analyzer { return []*analysis.Analyzer{a} }
}

func tools(pkgs []*packages.Package) []tool {
	spans := func(checks ...string) func() []*analysis.Analyzer {
		c := spancheck.NewDefaultConfig()
		c.EnabledChecks = checks
		return one(spancheck.NewAnalyzerWithConfig(c))
	}
	return []tool{
		{"spanlint", "github.com/spanlint/spanlint", func() []*analysis.Analyzer {
			return spanlint.New(spanlint.NewConfig())
		}},
		{"spanlint -strict", "github.com/spanlint/spanlint", func() []*analysis.Analyzer {
			cfg := spanlint.NewConfig()
			if err := cfg.Apply(spanlint.Switches{Strict: true}); err != nil {
				log.Fatal(err)
			}
			return spanlint.New(cfg)
		}},
		{"spancheck", "github.com/jjti/go-spancheck", spans("end")},
		{"spancheck with all checks", "github.com/jjti/go-spancheck", spans("end", "set-status", "record-error")},
		{"contextcheck", "github.com/kkHAIKE/contextcheck", func() []*analysis.Analyzer {
			a := contextcheck.NewAnalyzer(contextcheck.Configuration{})
			// As golangci-lint does, so that it leaves other modules alone.
			a.Run = contextcheck.NewRun(pkgs, false)
			return []*analysis.Analyzer{a}
		}},
		{"gosec G118", "github.com/securego/gosec/v2", func() []*analysis.Analyzer {
			if err := gosec.Analyzer.Flags.Set("include", "G118"); err != nil {
				log.Fatal(err)
			}
			return []*analysis.Analyzer{gosec.Analyzer}
		}},
		{"lostcancel (go vet)", "golang.org/x/tools", one(lostcancel.Analyzer)},
		{"noctx", "github.com/sonatard/noctx", one(noctx.Analyzer)},
		{"containedctx", "github.com/sivchari/containedctx", one(containedctx.Analyzer)},
		{"fatcontext", "go.augendre.info/fatcontext", func() []*analysis.Analyzer {
			return []*analysis.Analyzer{fatcontext.NewAnalyzer()}
		}},
	}
}

func main() {
	log.SetFlags(0)
	dir := flag.String("C", ".", "the `directory` of the module")
	cost := flag.Bool("cost", false, "print what the tools cost, not what they find")
	rounds := flag.Int("rounds", 3, "with -cost, run each tool so often and take the least")
	update := flag.Bool("update", false, "write what they find into the READMEs, instead of printing it")
	verbose := flag.Bool("v", false, "also print to stderr what the tools say")
	flag.Parse()
	patterns := flag.Args()
	if len(patterns) == 0 {
		patterns = []string{"./programs/..."}
	}
	start := cpu()
	pkgs, err := packages.Load(&packages.Config{Mode: packages.LoadAllSyntax | packages.NeedModule, Dir: *dir}, patterns...)
	if err != nil {
		log.Fatal(err)
	}
	loading := cpu() - start
	if packages.PrintErrors(pkgs) > 0 {
		os.Exit(2)
	}
	if *cost {
		printCosts(os.Stdout, pkgs, loading, *rounds)
		return
	}
	said := io.Discard
	if *verbose {
		said = os.Stderr
	}
	found := find(pkgs, said)
	if *update {
		for name, text := range map[string]string{"README.md": found.table(), "../../README.md": found.summary()} {
			if err := replace(name, text); err != nil {
				log.Fatal(err)
			}
		}
		return
	}
	fmt.Printf("%s\n%s", found.summary(), found.table())
}

// What is between these lines of a README is written by -update.
const begin, end = "<!-- Written by go run . -update in testdata/bench. -->\n", "<!-- End. -->\n"

func replace(name, text string) error {
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	head, rest, ok1 := strings.Cut(string(data), begin)
	_, tail, ok2 := strings.Cut(rest, end)
	if !ok1 || !ok2 {
		return fmt.Errorf("%s has no %s", name, begin)
	}
	return os.WriteFile(name, []byte(head+begin+"\n"+text+"\n"+end+tail), 0o666)
}

// A program is a row of the table.
type program struct {
	about, what string
	wrong       bool
}

// A decl is a declaration below a comment "//bench:wrong what" or
// "//bench:right what". Those of a package that say the same are one program:
// some mistakes can be reported at either of two places.
type decl struct {
	program
	file     string
	from, to int // its lines
}

func decls(pkgs []*packages.Package) []decl {
	var list []decl
	for _, pkg := range pkgs {
		for _, file := range pkg.Syntax {
			for _, d := range file.Decls {
				var doc *ast.CommentGroup
				switch d := d.(type) {
				case *ast.FuncDecl:
					doc = d.Doc
				case *ast.GenDecl:
					doc = d.Doc
				}
				if doc == nil {
					continue
				}
				for _, c := range doc.List {
					verdict, what, ok := strings.Cut(strings.TrimPrefix(c.Text, "//bench:"), " ")
					if !ok || !strings.HasPrefix(c.Text, "//bench:") {
						continue
					}
					from, to := pkg.Fset.Position(d.Pos()), pkg.Fset.Position(d.End())
					about, _, _ := strings.Cut(strings.TrimPrefix(pkg.PkgPath, "bench/programs/"), "/")
					list = append(list, decl{program{about, what, verdict == "wrong"}, from.Filename, from.Line, to.Line})
				}
			}
		}
	}
	slices.SortStableFunc(list, func(a, b decl) int {
		return cmp.Or(cmp.Compare(a.about, b.about), cmp.Compare(a.file, b.file), cmp.Compare(a.from, b.from))
	})
	return list
}

// found is what all tools report.
type found struct {
	tools     []tool
	rows      []program
	reported  map[string]map[program]bool // by tool
	elsewhere map[string]int
}

// find says which programs each tool reports something in. What it says does
// not count, so as not to be unfair to any.
func find(pkgs []*packages.Package, said io.Writer) *found {
	f := &found{tools: tools(pkgs), reported: make(map[string]map[program]bool), elsewhere: make(map[string]int)}
	list := decls(pkgs)
	for _, d := range list {
		if !slices.Contains(f.rows, d.program) {
			f.rows = append(f.rows, d.program)
		}
	}
	for _, t := range f.tools {
		f.reported[t.name] = make(map[program]bool)
		run(t.analyzers(), pkgs, func(at token.Position, d analysis.Diagnostic) {
			fmt.Fprintf(said, "%s:%d: %s: %s\n", filepath.Base(at.Filename), at.Line, t.name, d.Message)
			i := slices.IndexFunc(list, func(p decl) bool {
				return p.file == at.Filename && p.from <= at.Line && at.Line <= p.to
			})
			if i < 0 {
				f.elsewhere[t.name]++
			} else {
				f.reported[t.name][list[i].program] = true
			}
		})
	}
	return f
}

// count returns how many programs there are, and in how many of them the tool
// reports something. An empty about is all.
func (f *found) count(t tool, about string, wrong bool) (reported, all int) {
	for _, p := range f.rows {
		if p.wrong == wrong && (about == "" || p.about == about) {
			all++
			if f.reported[t.name][p] {
				reported++
			}
		}
	}
	return reported, all
}

func (f *found) header(b *strings.Builder, first string) {
	fmt.Fprintf(b, "| with | %s |", first)
	for _, t := range f.tools {
		fmt.Fprintf(b, " %s |", t.name)
	}
	fmt.Fprintf(b, "\n|---|---|%s\n", strings.Repeat(":-:|", len(f.tools)))
}

// summary has a line for each tool, and counts by subject.
func (f *found) summary() string {
	var b strings.Builder
	var subjects []string
	for _, p := range f.rows {
		if !slices.Contains(subjects, p.about) {
			subjects = append(subjects, p.about)
		}
	}
	b.WriteString("| reported by |")
	for _, about := range subjects {
		_, all := f.count(f.tools[0], about, true)
		fmt.Fprintf(&b, " %s, of %d |", about, all)
	}
	_, all := f.count(f.tools[0], "", false)
	fmt.Fprintf(&b, " sound code, of %d |\n|---|%s\n", all, strings.Repeat("--:|", len(subjects)+1))
	for _, t := range f.tools {
		fmt.Fprintf(&b, "| %s |", t.versioned())
		for _, about := range subjects {
			n, _ := f.count(t, about, true)
			fmt.Fprintf(&b, " %d |", n)
		}
		n, _ := f.count(t, "", false)
		fmt.Fprintf(&b, " %d |\n", n)
	}
	return b.String()
}

// versioned returns the name and, of others' tools, the version of the module.
func (t tool) versioned() string {
	info, ok := debug.ReadBuildInfo()
	if ok && !strings.HasPrefix(t.name, "spanlint") {
		for _, m := range info.Deps {
			if m.Path == t.module {
				return t.name + " " + m.Version
			}
		}
	}
	return t.name
}

// table has a line for each program.
func (f *found) table() string {
	var b strings.Builder
	for _, wrong := range []bool{true, false} {
		f.header(&b, map[bool]string{true: "a mistake", false: "no mistake"}[wrong])
		for _, p := range f.rows {
			if p.wrong != wrong {
				continue
			}
			fmt.Fprintf(&b, "| %s | %s |", p.about, p.what)
			for _, t := range f.tools {
				mark := ""
				if f.reported[t.name][p] {
					mark = "x "
				}
				fmt.Fprintf(&b, " %s|", mark)
			}
			b.WriteByte('\n')
		}
		_, all := f.count(f.tools[0], "", wrong)
		fmt.Fprintf(&b, "| | of %d |", all)
		for _, t := range f.tools {
			n, _ := f.count(t, "", wrong)
			fmt.Fprintf(&b, " %d |", n)
		}
		b.WriteString("\n\n")
	}
	var outside []string
	for _, t := range f.tools {
		if n := f.elsewhere[t.name]; n > 0 {
			outside = append(outside, fmt.Sprintf("%s %d", t.name, n))
		}
	}
	fmt.Fprintf(&b, "Reported outside of these: %s.\n", cmp.Or(strings.Join(outside, ", "), "nothing"))
	return b.String()
}

// run calls each for everything that the analyzers report.
func run(analyzers []*analysis.Analyzer, pkgs []*packages.Package, each func(token.Position, analysis.Diagnostic)) {
	graph, err := checker.Analyze(analyzers, pkgs, nil)
	if err != nil {
		log.Fatal(err)
	}
	for _, root := range graph.Roots {
		if root.Err != nil {
			log.Fatalf("%s: %v", root, root.Err)
		}
		for _, d := range root.Diagnostics {
			each(root.Package.Fset.Position(d.Pos), d)
		}
	}
}

// idle is what any analyzer costs; idleFacts what any costs that asks about
// imported packages, as the driver then runs it on all of them.
var (
	idle      = &analysis.Analyzer{Name: "idle", Doc: "does nothing", Run: func(*analysis.Pass) (any, error) { return nil, nil }}
	idleFacts = &analysis.Analyzer{Name: "idlefacts", Doc: "does nothing, everywhere", Run: idle.Run, FactTypes: []analysis.Fact{new(nothing)}}
)

type nothing struct{}

func (*nothing) AFact() {}

// cpu returns the time that the processors have given to this process and to
// those it has waited for, as go list: unlike that of a clock, it is much the
// same when a machine has other work.
func cpu() time.Duration {
	var sum time.Duration
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var usage syscall.Rusage
		if err := syscall.Getrusage(who, &usage); err != nil {
			log.Fatal(err)
		}
		sum += time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
	}
	return sum
}

// printCosts says what each tool costs beside the loading, which is the same
// for all of them.
func printCosts(w io.Writer, pkgs []*packages.Package, loading time.Duration, rounds int) {
	all := append([]tool{
		{"nothing", "", one(idle)},
		{"nothing, with facts", "", one(idleFacts)},
	}, tools(pkgs)...)
	type figures struct {
		time  time.Duration
		bytes uint64
	}
	best := make(map[string]figures)
	// One after the other, round by round, so that all meet the same weather.
	for range rounds {
		for _, t := range all {
			runtime.GC()
			debug.FreeOSMemory()
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := cpu()
			run(t.analyzers(), pkgs, func(token.Position, analysis.Diagnostic) {})
			took := cpu() - start
			runtime.ReadMemStats(&after)
			if f, ok := best[t.name]; !ok || took < f.time {
				best[t.name] = figures{took, after.TotalAlloc - before.TotalAlloc}
			}
		}
	}
	total := 0
	packages.Visit(pkgs, nil, func(*packages.Package) { total++ })
	fmt.Fprintf(w, "%d packages, %d with their imports; loaded in %.1f s of processor time, from source.\n\n", len(pkgs), total, loading.Seconds())
	fmt.Fprintln(w, "| tool | processor time | memory allocated | loading and this, compared with loading and nothing |\n|---|--:|--:|--:|")
	base := loading + best["nothing"].time
	for _, t := range all {
		f := best[t.name]
		fmt.Fprintf(w, "| %s | %.2f s | %d MB | %.2f |\n", t.name, f.time.Seconds(), f.bytes>>20, float64(loading+f.time)/float64(base))
	}
}
