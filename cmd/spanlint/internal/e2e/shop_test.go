package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// A report is what one scenario of the shop's probe leaves behind. The probe,
// testdata/shop/testdata/probe, says what the fields mean.
type report struct {
	Status int
	Waited bool
	Calls  []string
	Open   []string
	Spans  []*span
}

type span struct {
	Name, Kind, Trace, ID, Parent string
	Links                         []struct{ Trace, ID string }
	Start, End                    time.Duration
	Error                         string
	Events                        []string
	Kept                          bool
}

// server is the name the tables use for the span that otelhttp starts for the
// request, whatever its route is called.
const server = "server"

// A job is work that a request, or the span of a worker, leaves behind.
type job struct {
	scenario string
	// origin is the span whose context the job was launched with.
	origin string
	// late are the spans that begin after their parent, the origin, has ended,
	// as long as the shop is broken.
	late []string
	// dies is the span that fails for want of a living context. Empty where
	// only the trace is broken and the work itself is done.
	dies string
	// tracked jobs are waited for even in the broken shop.
	tracked bool
	// inside are the spans that belong directly below the span of the job.
	inside []string
	// call is what the job asks of another service if it is let live.
	call string
}

var jobs = []job{
	{scenario: "notify", origin: server, late: []string{"confirmation.render", "mail.send"}, dies: "mail.send",
		inside: []string{"confirmation.render", "mail.send"}, call: "POST /mail"},
	{scenario: "escalate", origin: server, late: []string{"fraud.score", "mail.send"}, dies: "mail.send",
		inside: []string{"fraud.score", "mail.send"}, call: "POST /mail"},
	{scenario: "refund", origin: server, late: []string{"payment.refund"}, dies: "payment.refund",
		inside: []string{"payment.refund", "mail.send"}, call: "POST /refunds"},
	{scenario: "announce", origin: server, late: []string{"audit.record"}, dies: "audit.record",
		inside: []string{"audit.record", "mail.send"}, call: "POST /audit"},
	{scenario: "points", origin: server, late: []string{"HTTP POST"}, dies: "HTTP POST", tracked: true,
		inside: []string{"HTTP POST"}, call: "POST /points"},
	{scenario: "invoice", origin: server, late: []string{"invoice"}, dies: "mail.send", tracked: true,
		inside: []string{"mail.send"}, call: "POST /mail"},
	{scenario: "survey", origin: server, late: []string{"survey.ask", "mail.send"},
		inside: []string{"survey.ask", "mail.send"}, call: "POST /mail"},
	{scenario: "deliver", origin: server, late: []string{"parcel.close"}, tracked: true,
		inside: []string{"parcel.close"}, call: "POST /parcels"},
	{scenario: "index", origin: "orders.process", late: []string{"search.index"}, tracked: true,
		inside: []string{"search.index"}, call: "POST /index"},
}

// orphaned checks a job of the broken shop.
func (j job) orphaned(t *testing.T, r *report) {
	origin := r.origin(t, j.origin)
	for _, name := range j.late {
		for _, s := range r.all(t, name) {
			if s.Parent != origin.ID || s.Trace != origin.Trace {
				t.Errorf("%s is not a child of %s", s.Name, origin.Name)
			}
			if s.Start <= origin.End {
				t.Errorf("%s begins while %s still runs: nothing is broken", s.Name, origin.Name)
			}
			if s.Kept != j.tracked {
				t.Errorf("%s exported by the time Shutdown returned: %t, want %t", s.Name, s.Kept, j.tracked)
			}
		}
	}
	if r.Waited != j.tracked {
		t.Errorf("Shutdown waits: %t, want %t", r.Waited, j.tracked)
	}
	if done := slices.Contains(r.Calls, j.call); done != (j.dies == "") {
		t.Errorf("%s was called: %t, want %t", j.call, done, j.dies == "")
	}
	if j.dies != "" {
		for _, s := range r.all(t, j.dies) {
			if !strings.Contains(s.Error, context.Canceled.Error()) {
				t.Errorf("%s ends with %q, want %q", s.Name, s.Error, context.Canceled)
			}
		}
	}
}

// detached checks a job of the repaired shop.
func (j job) detached(t *testing.T, r *report, detach string) {
	origin := r.origin(t, j.origin)
	roots := map[string]bool{}
	for _, name := range j.inside {
		for _, s := range r.all(t, name) {
			root := r.parent(s)
			if root == nil || root.ID == origin.ID {
				t.Errorf("%s has no background span of its own above it", s.Name)
				continue
			}
			roots[root.ID] = true
			if s.Start < root.Start || s.End > root.End || s.Trace != root.Trace {
				t.Errorf("%s does not lie inside %s", s.Name, root.Name)
			}
			if s.Error != "" {
				t.Errorf("%s ends with %q", s.Name, s.Error)
			}
			detachedFrom(t, root, origin, detach)
		}
	}
	if len(roots) > 1 {
		t.Errorf("%q lie below %d background spans, want one", j.inside, len(roots))
	}
	if !slices.Contains(r.Calls, j.call) {
		t.Errorf("the work was not completed: no %s in %q", j.call, r.Calls)
	}
	r.nothingLost(t)
}

// detachedFrom checks the span of a job against the span that it came from.
func detachedFrom(t *testing.T, root, origin *span, detach string) {
	t.Helper()
	switch detach {
	case "link":
		if root.Parent != "" || root.Trace == origin.Trace {
			t.Errorf("%s is no root of a trace of its own", root.Name)
		}
		if len(root.Links) != 1 || root.Links[0].ID != origin.ID || root.Links[0].Trace != origin.Trace {
			t.Errorf("%s has links %v, want one to %s", root.Name, root.Links, origin.Name)
		}
	case "child":
		if root.Parent != origin.ID || root.Trace != origin.Trace || len(root.Links) != 0 {
			t.Errorf("%s is not simply a child of %s", root.Name, origin.Name)
		}
	}
}

// A check is a scenario that is no detached job.
type check struct {
	name     string
	scenario string
	rule     string // that repairs it
	broken   func(t *testing.T, r *report)
	repaired func(t *testing.T, r *report, detach string)
}

var checks = []check{
	{
		name: "lost on an early return", scenario: "sold-out", rule: "spanend",
		broken: func(t *testing.T, r *report) { r.lost(t, "stock.reserve") },
		repaired: func(t *testing.T, r *report, _ string) {
			r.childOf(t, "stock.reserve", "checkout.place")
		},
	},
	{
		name: "lost in one case of a switch", scenario: "too-late", rule: "spanend",
		broken: func(t *testing.T, r *report) { r.lost(t, "orders.transition") },
		repaired: func(t *testing.T, r *report, _ string) {
			r.childOf(t, "orders.transition", server)
			r.childOf(t, "orders.load", "orders.transition")
		},
	},
	{
		name: "discarded", scenario: "escalate", rule: "spanend",
		broken: func(t *testing.T, r *report) { r.lost(t, "checkout.total") },
		repaired: func(t *testing.T, r *report, _ string) {
			r.childOf(t, "checkout.total", "checkout.place")
		},
	},
	{
		name: "panic above a span ended by hand", scenario: "discount", rule: "spanend",
		broken: func(t *testing.T, r *report) { r.lost(t, "price.discount") },
		repaired: func(t *testing.T, r *report, _ string) {
			r.childOf(t, "price.discount", server)
			if s := r.one(t, "price.discount"); !slices.Equal(s.Events, []string{"exception"}) {
				t.Errorf("%s has the events %q, want one exception", s.Name, s.Events)
			}
		},
	},
	{
		name: "defer in a loop", scenario: "label", rule: "spanend",
		broken: func(t *testing.T, r *report) {
			r.overlap(t, "pack.line", true)
			r.overlap(t, "orders.import", true)
		},
		repaired: func(t *testing.T, r *report, _ string) {
			r.overlap(t, "pack.line", false)
			r.overlap(t, "orders.import", false)
		},
	},
	{
		name: "a call that all callers share", scenario: "price", rule: "orphanspan",
		broken: func(t *testing.T, r *report) {
			if r.Status != 502 {
				t.Errorf("the second client is answered %d, want 502 for the first has left", r.Status)
			}
		},
		repaired: func(t *testing.T, r *report, detach string) {
			if r.Status != 200 {
				t.Errorf("the second client is answered %d, want 200", r.Status)
			}
			fetch := r.one(t, "price.fetch")
			root := r.parent(fetch)
			if root == nil || root.Kind == server {
				t.Fatal("price.fetch has no span of its own above it")
			}
			detachedFrom(t, root, r.origin(t, server), detach)
		},
	},
	{
		// The request's span ends before its children do. There is no fix to
		// check: what it should be is for the author to decide.
		name: "joined after the End", scenario: "refresh", rule: "orphanspan",
		broken: func(t *testing.T, r *report) {
			origin := r.origin(t, "catalog.refresh")
			for _, s := range r.all(t, "HTTP POST") {
				if s.Parent != origin.ID || s.Start <= origin.End {
					t.Errorf("%s does not begin after its parent", s.Name)
				}
			}
		},
	},
	{
		// A job that travels over a channel takes the request's context along.
		name: "sent over a channel", scenario: "label", rule: "orphanspan",
		broken: func(t *testing.T, r *report) {
			origin := r.origin(t, server)
			if s := r.one(t, "label.print"); s.Parent != origin.ID || s.Start <= origin.End {
				t.Errorf("%s does not begin after its parent", s.Name)
			}
			if slices.Contains(r.Calls, "POST /labels") {
				t.Error("the label was printed in spite of all")
			}
		},
	},
	{
		name: "audit on a background context", scenario: "dispute", rule: "freshctx",
		broken: func(t *testing.T, r *report) {
			if s := r.one(t, "audit.record"); s.Parent != "" || len(s.Links) != 0 {
				t.Errorf("%s is no root without links", s.Name)
			}
		},
		repaired: func(t *testing.T, r *report, detach string) {
			root := r.parent(r.one(t, "audit.record"))
			if root == nil {
				t.Fatal("audit.record has no span of its own above it")
			}
			detachedFrom(t, root, r.origin(t, server), detach)
			r.nothingLost(t)
		},
	},
	{
		name: "audit span without a link", scenario: "search", rule: "freshctx",
		broken: func(t *testing.T, r *report) {
			s := r.one(t, "search.audit")
			if s.Parent != "" || len(s.Links) != 0 || s.Trace == r.origin(t, server).Trace {
				t.Errorf("%s is no root without links", s.Name)
			}
		},
		repaired: func(t *testing.T, r *report, detach string) {
			detachedFrom(t, r.one(t, "search.audit"), r.origin(t, server), detach)
			r.nothingLost(t)
		},
	},
}

// sound are names of spans that the repair must leave where they are, by the
// scenario that exports them.
var sound = map[string][]string{
	"search": {"catalog.query", "catalog.shard", "HTTP GET"},
	"stock":  {"HTTP GET"},
	"resend": {"confirmation.resend", "confirmation.render", "mail.send", "HTTP POST"},
	"damage": {"damage.report", "HTTP POST"},
	"notify": {"checkout.place", "orders.publish", "orders.process"},
	"label":  {"orders.load", "weigh.articles", "weigh.parcel"},
}

// shape says where the spans of a scenario that the repair must not touch hang.
func (r *report) shape(t *testing.T, scenario string) []string {
	t.Helper()
	var lines []string
	for _, name := range sound[scenario] {
		for _, s := range r.all(t, name) {
			above := "no parent"
			if p := r.parent(s); p != nil {
				above = p.Name
			}
			lines = append(lines, fmt.Sprintf("%s (%s) below %s, %d links, error %q", s.Name, s.Kind, above, len(s.Links), s.Error))
		}
	}
	slices.Sort(lines)
	return lines
}

func TestShop(t *testing.T) {
	tool := lookForTool(t)
	broken := runShop(t, copyShop(t))
	for _, j := range jobs {
		t.Run("broken/"+j.scenario, func(t *testing.T) { j.orphaned(t, broken[j.scenario]) })
	}
	for _, c := range checks {
		t.Run("broken/"+c.name, func(t *testing.T) { c.broken(t, broken[c.scenario]) })
	}
	t.Run("broken/resend is sound", func(t *testing.T) {
		r := broken["resend"]
		detachedFrom(t, r.one(t, "confirmation.resend"), r.origin(t, server), "link")
		r.nothingLost(t)
	})
	t.Run("broken/damage is sound", func(t *testing.T) {
		r := broken["damage"]
		detachedFrom(t, r.one(t, "damage.report"), r.origin(t, server), "child")
		r.nothingLost(t)
	})
	t.Run("broken/search is joined", func(t *testing.T) {
		r := broken["search"]
		if shards := r.all(t, "catalog.shard"); len(shards) != 3 {
			t.Errorf("%d shards were asked, want 3", len(shards))
		}
		r.childOf(t, "catalog.shard", "catalog.query")
		r.childOf(t, "catalog.query", server)
	})
	if tool == nil {
		t.Skip("cmd/spanlint has no main yet: nothing to repair the shop with")
	}
	for _, detach := range []string{"link", "child"} {
		t.Run("repaired/"+detach, func(t *testing.T) {
			dir := copyShop(t)
			tool.fix(t, dir, "-detach="+detach)
			repaired := runShop(t, dir)
			for _, j := range jobs {
				t.Run(j.scenario, func(t *testing.T) { j.detached(t, repaired[j.scenario], detach) })
			}
			for _, c := range checks {
				if c.repaired == nil || !tool.rules[c.rule] {
					continue
				}
				t.Run(c.name, func(t *testing.T) { c.repaired(t, repaired[c.scenario], detach) })
			}
			for scenario := range sound {
				t.Run(scenario+" is unchanged", func(t *testing.T) {
					want, got := broken[scenario].shape(t, scenario), repaired[scenario].shape(t, scenario)
					if !slices.Equal(got, want) {
						t.Errorf("the repair moved sound spans:\n%s\nbefore:\n%s",
							strings.Join(got, "\n"), strings.Join(want, "\n"))
					}
				})
			}
			if detach == "link" {
				t.Run("nothing begins late", func(t *testing.T) { nothingLate(t, repaired) })
			}
		})
	}
}

// nothingLate checks every span of every scenario. It leaves out consumers,
// which begin after their producer by nature; a child that was detached on
// purpose; and the two mistakes without a fix.
func nothingLate(t *testing.T, reports map[string]*report) {
	for scenario, r := range reports {
		for _, s := range r.Spans {
			p := r.parent(s)
			if p == nil || s.Start <= p.End {
				continue
			}
			if s.Kind == "consumer" || s.Name == "damage.report" || s.Name == "label.print" || p.Name == "catalog.refresh" {
				continue
			}
			t.Errorf("%s: %s begins after its parent %s has ended", scenario, s.Name, p.Name)
		}
	}
}

// TestShopFindings compares what spanlint reports on the shop with the tables
// in its README, as far as their rules exist.
func TestShopFindings(t *testing.T) {
	tool := lookForTool(t)
	if tool == nil {
		t.Skip("cmd/spanlint has no main yet")
	}
	shop := shopDir(t)
	want := map[string]bool{}
	text, err := os.ReadFile(filepath.Join(shop, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile("(?m)^\\| `([^`]+)` \\| `([^`]+)` \\| `(\\w+)\\.(\\w+)` \\|").FindAllStringSubmatch(string(text), -1) {
		if tool.rules[m[3]] {
			want[fmt.Sprintf("%s: %s: %s.%s", m[1], m[2], m[3], m[4])] = true
		}
	}
	if len(want) == 0 {
		t.Fatal("the README lists no mistakes of the rules there are")
	}
	got := tool.findings(t, shop)
	for f := range got {
		if !want[f] {
			t.Errorf("reported, and not in the README: %s", f)
		}
	}
	for f := range want {
		if !got[f] {
			t.Errorf("not reported: %s", f)
		}
	}
}

// all returns the exported spans of that name, of which there must be some.
func (r *report) all(t *testing.T, name string) []*span {
	t.Helper()
	var found []*span
	for _, s := range r.Spans {
		if s.Name == name {
			found = append(found, s)
		}
	}
	if len(found) == 0 {
		t.Fatalf("no span %s was exported", name)
	}
	return found
}

func (r *report) one(t *testing.T, name string) *span {
	t.Helper()
	found := r.all(t, name)
	if len(found) > 1 {
		t.Fatalf("%d spans %s were exported, want one", len(found), name)
	}
	return found[0]
}

// origin returns the first span of that name, or the first server span.
func (r *report) origin(t *testing.T, name string) *span {
	t.Helper()
	if name != server {
		return r.one(t, name)
	}
	for _, s := range r.Spans {
		if s.Kind == server {
			return s
		}
	}
	t.Fatal("no server span was exported")
	return nil
}

func (r *report) parent(s *span) *span {
	for _, p := range r.Spans {
		if p.ID == s.Parent && p.Trace == s.Trace {
			return p
		}
	}
	return nil
}

func (r *report) childOf(t *testing.T, name, parent string) {
	t.Helper()
	for _, s := range r.all(t, name) {
		p := r.parent(s)
		if p == nil || p.ID != r.origin(t, parent).ID {
			t.Errorf("%s is not a child of %s", name, parent)
		}
	}
	if slices.Contains(r.Open, name) {
		t.Errorf("a span %s was never ended", name)
	}
}

func (r *report) lost(t *testing.T, name string) {
	t.Helper()
	if !slices.Contains(r.Open, name) {
		t.Errorf("%s was ended, or never started; open are %q", name, r.Open)
	}
	for _, s := range r.Spans {
		if s.Name == name {
			t.Errorf("%s was exported", name)
		}
	}
}

// overlap checks whether each span of a loop outlasts the start of the next.
func (r *report) overlap(t *testing.T, name string, want bool) {
	t.Helper()
	rounds := r.all(t, name)
	if len(rounds) < 2 {
		t.Fatalf("%d spans %s, want one for each round", len(rounds), name)
	}
	for i, s := range rounds[1:] {
		if got := rounds[i].End > s.Start; got != want {
			t.Errorf("%s overlaps with the next round: %t, want %t", name, got, want)
		}
	}
}

func (r *report) nothingLost(t *testing.T) {
	t.Helper()
	if !r.Waited {
		t.Error("Shutdown does not wait for the work")
	}
	for _, s := range r.Spans {
		if !s.Kept {
			t.Errorf("%s was not exported when Shutdown returned", s.Name)
		}
	}
}

// scenarios are all that the tables name.
func scenarios() []string {
	var names []string
	for _, j := range jobs {
		names = append(names, j.scenario)
	}
	for _, c := range checks {
		names = append(names, c.scenario)
	}
	for scenario := range sound {
		names = append(names, scenario)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// runShop builds the probe of the shop in dir and runs it once per scenario,
// for the tracers of a process find their provider only once.
func runShop(t *testing.T, dir string) map[string]*report {
	t.Helper()
	probe := filepath.Join(t.TempDir(), "probe")
	run(t, dir, "go", "vet", "./...")
	run(t, dir, "go", "build", "-race", "-o", probe, "./testdata/probe")
	var mu sync.Mutex
	reports := map[string]*report{}
	var wg sync.WaitGroup
	slots := make(chan struct{}, 4) // most of a run is waiting
	for _, scenario := range scenarios() {
		wg.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			cmd := exec.Command(probe, scenario)
			cmd.Env = append(os.Environ(), "GORACE=halt_on_error=1 atexit_sleep_ms=50")
			var stderr bytes.Buffer
			cmd.Stderr = &stderr
			out, err := cmd.Output()
			r := new(report)
			if err == nil {
				err = json.Unmarshal(out, r)
			}
			if err != nil {
				t.Errorf("probe %s: %v\n%s", scenario, err, &stderr)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			reports[scenario] = r
		})
	}
	wg.Wait()
	if t.Failed() {
		t.FailNow()
	}
	return reports
}

// A tool is the spanlint of this tree.
type tool struct {
	path  string
	rules map[string]bool
}

// lookForTool builds spanlint, and asks it in the protocol of go vet which
// rules it has. It returns nil as long as there is no main package.
func lookForTool(t *testing.T) *tool {
	t.Helper()
	root := filepath.Join(shopDir(t), "..", "..")
	if mains, _ := filepath.Glob(filepath.Join(root, "cmd", "spanlint", "*.go")); len(mains) == 0 {
		return nil
	}
	// go test keeps the result of a test until a file that it opened changes. It
	// cannot see what the go command below opens, so open all directories here.
	for _, dir := range []string{"analyzer", "cmd", "internal"} {
		err := filepath.WalkDir(filepath.Join(root, dir), func(_ string, _ os.DirEntry, err error) error { return err })
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
	}
	bin := &tool{path: filepath.Join(t.TempDir(), "spanlint"), rules: map[string]bool{}}
	run(t, root, "go", "build", "-o", bin.path, "./cmd/spanlint")
	var flags []struct{ Name string }
	if err := json.Unmarshal(run(t, root, bin.path, "-flags"), &flags); err != nil {
		t.Fatalf("spanlint -flags: %v", err)
	}
	for _, f := range flags {
		bin.rules[f.Name] = true
	}
	return bin
}

// fix repairs the shop in dir. Findings without a fix remain, so that an exit
// code of 1 is right.
func (bin *tool) fix(t *testing.T, dir string, flags ...string) {
	t.Helper()
	cmd := exec.Command(bin.path, slices.Concat(flags, []string{"-fix", "./..."})...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if exit := (*exec.ExitError)(nil); err != nil && (!errors.As(err, &exit) || exit.ExitCode() != 1) {
		t.Fatalf("spanlint -fix: %v\n%s", err, out)
	}
}

// findings returns lines such as "internal/mail/mail.go: Send: spanend.lost".
func (bin *tool) findings(t *testing.T, dir string) map[string]bool {
	t.Helper()
	cmd := exec.Command(bin.path, "-json", "./...")
	cmd.Dir = dir
	out, err := cmd.Output()
	if exit := (*exec.ExitError)(nil); err != nil && (!errors.As(err, &exit) || exit.ExitCode() != 1) {
		t.Fatalf("spanlint -json: %v\n%s", err, out)
	}
	found := map[string]bool{}
	for dec := json.NewDecoder(bytes.NewReader(out)); dec.More(); {
		var tree map[string]map[string][]struct{ Posn, Category string }
		if err := dec.Decode(&tree); err != nil {
			t.Fatalf("spanlint -json: %v\n%s", err, out)
		}
		for _, rules := range tree {
			for rule, list := range rules {
				for _, d := range list {
					file, function := place(t, dir, d.Posn)
					found[fmt.Sprintf("%s: %s: %s.%s", file, function, rule, d.Category)] = true
				}
			}
		}
	}
	return found
}

// place names the file, below dir, and the function of a position.
func place(t *testing.T, dir, posn string) (file, function string) {
	t.Helper()
	m := regexp.MustCompile(`^(.*):(\d+):\d+$`).FindStringSubmatch(posn)
	if m == nil {
		t.Fatalf("no position: %q", posn)
	}
	path := m[1]
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	file, err := filepath.Rel(dir, path)
	if err != nil {
		t.Fatal(err)
	}
	line, _ := strconv.Atoi(m[2])
	fset := token.NewFileSet()
	syntax, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	for _, decl := range syntax.Decls {
		if f, ok := decl.(*ast.FuncDecl); ok && fset.Position(f.Pos()).Line <= line && line <= fset.Position(f.End()).Line {
			return filepath.ToSlash(file), f.Name.Name
		}
	}
	return filepath.ToSlash(file), "no function"
}

func shopDir(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join("..", "..", "..", "..", "testdata", "shop"))
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func copyShop(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "shop")
	if err := os.CopyFS(dir, os.DirFS(shopDir(t))); err != nil {
		t.Fatal(err)
	}
	return dir
}

func run(t *testing.T, dir, name string, args ...string) []byte {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", filepath.Base(name), strings.Join(args, " "), err, &stderr)
	}
	return out
}
