package cli

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/spanlint/spanlint/analyzer"
	"github.com/spanlint/spanlint/cmd/spanlint/internal/format"
)

// A progress shows on a terminal that something is going on, and what.
type progress struct {
	w     io.Writer
	mu    sync.Mutex
	doing string
	shown bool
	stop  chan struct{}
	done  sync.WaitGroup
}

// patience is how long nothing is shown.
const patience = 2 * time.Second

// startProgress begins to show progress, if w is a terminal.
func startProgress(w io.Writer, terminal bool) *progress {
	p := &progress{w: w, stop: make(chan struct{})}
	if !terminal {
		return p
	}
	p.done.Go(func() {
		start := time.Now()
		for wait := patience; ; wait = time.Second / 2 {
			select {
			case <-p.stop:
				return
			case <-time.After(wait):
			}
			p.mu.Lock()
			fmt.Fprintf(p.w, "\r\x1b[Kspanlint: %s (%d s)", p.doing, int(time.Since(start).Seconds()))
			p.shown = true
			p.mu.Unlock()
		}
	})
	return p
}

// now says what is being done.
func (p *progress) now(doing string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.doing = doing
}

// end removes what was shown. Nothing else may be printed before.
func (p *progress) end() {
	select {
	case <-p.stop:
		return
	default:
	}
	close(p.stop)
	p.done.Wait()
	if p.shown {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}

// statistics are what -stats prints.
type statistics struct {
	loading, analyzing time.Duration
	packages           int
	findings, ignored  []format.Finding
	old                int
	times              map[string]time.Duration
	// helpers are the functions that are known by what they do.
	helpers []analyzer.Helper
}

func (s *statistics) print(w io.Writer) {
	fmt.Fprintf(w, "%s: loaded in %v, analyzed in %v\n", format.Count(s.packages, "package"), round(s.loading), round(s.analyzing))
	counts := make(map[string]int)
	for _, f := range s.findings {
		counts[f.Code()]++
	}
	for _, code := range slices.Sorted(maps.Keys(counts)) {
		fmt.Fprintf(w, "%6d  %s\n", counts[code], code)
	}
	fmt.Fprintf(w, "%6d  in all; %d silenced by directives, %d known before\n", len(s.findings), len(s.ignored), s.old)
	for _, kind := range analyzer.Kinds() {
		n := 0
		for _, h := range s.helpers {
			if h.Kind == kind.Name {
				n++
			}
		}
		if n > 0 {
			fmt.Fprintf(w, "%6d  %s known by what they do, such as %s\n", n, kind.Name, s.helpers[slices.IndexFunc(s.helpers, func(h analyzer.Helper) bool { return h.Kind == kind.Name })].Text)
		}
	}
	fmt.Fprintln(w, "time by analyzer, all packages together (the models that rules share come first):")
	names := slices.SortedFunc(maps.Keys(s.times), func(a, b string) int {
		return cmp.Or(-cmp.Compare(s.times[a], s.times[b]), cmp.Compare(a, b))
	})
	for _, name := range names {
		fmt.Fprintf(w, "%9v  %s\n", round(s.times[name]), name)
	}
}

func round(d time.Duration) time.Duration { return d.Round(time.Millisecond) }
