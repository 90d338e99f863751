// Package declare turns what a user has declared in the configuration into
// what the models ask for: the tracers with the user's own, and the summaries
// of functions whose bodies say something else or are not in view.
package declare

import (
	"go/types"
	"slices"
	"strings"

	"github.com/spanlint/spanlint/analyzer/internal/config"
	"github.com/spanlint/spanlint/analyzer/internal/ctxflow"
	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
	"github.com/spanlint/spanlint/analyzer/internal/summary"
)

// Tracers returns the tracers that are known, and those that are declared.
func Tracers(cfg *config.Config) *otelapi.Tracers {
	var starters []string
	for _, d := range cfg.Declared("starters") {
		starters = append(starters, d.Func)
	}
	enders := make(map[string]int)
	for _, d := range cfg.Declared("enders") {
		slot, ok := d.Index()
		if !ok {
			slot = 0
			if strings.HasPrefix(d.Func, "(") {
				slot = scope.Receiver
			}
		}
		enders[d.Func] = slot
	}
	return otelapi.KnownTracers().Extend(starters, enders)
}

// Summaries returns what a configuration declares about functions, nil if it
// declares nothing. What it returns is given what is inferred about a
// function, which may be nil, and returns what holds.
func Summaries(cfg *config.Config) summary.Overlay {
	kinds := map[string]func(*types.Func, config.Declaration, *summary.Func){
		"launchers": launcher,
		"detachers": detacher,
		"handlers":  handler,
	}
	type declared struct {
		config.Declaration
		apply func(*types.Func, config.Declaration, *summary.Func)
	}
	byName := make(map[string][]declared)
	for _, kind := range config.Kinds() {
		if apply := kinds[kind.Name]; apply != nil {
			for _, d := range cfg.Declared(kind.Name) {
				byName[d.Func] = append(byName[d.Func], declared{d, apply})
			}
		}
	}
	if len(byName) == 0 {
		return nil
	}
	return func(fn *types.Func, inferred *summary.Func) *summary.Func {
		list := byName[plainName(fn)]
		if len(list) == 0 {
			return inferred
		}
		sum := blank(fn.Origin().Signature())
		if inferred != nil {
			*sum = *inferred
			sum.Slots = grow(sum.Slots, fn.Signature().Params().Len()+1)
			sum.Results = grow(sum.Results, fn.Signature().Results().Len())
		}
		for _, d := range list {
			d.apply(fn.Origin(), d.Declaration, sum)
		}
		return sum
	}
}

// plainName is the full name of a function without type parameters.
func plainName(fn *types.Func) string {
	name := fn.Origin().FullName()
	open := strings.IndexByte(name, '[')
	if open < 0 {
		return name
	}
	return name[:open] + name[strings.LastIndexByte(name, ']')+1:]
}

// blank is what is assumed of a function that is not in view.
func blank(sig *types.Signature) *summary.Func {
	sum := &summary.Func{Slots: make([]summary.Slot, sig.Params().Len()+1), Results: make([]summary.Result, sig.Results().Len())}
	for i := range sig.Params().Len() {
		if ctxflow.Carries(sig.Params().At(i).Type()) {
			sum.Slots[i+1].Ctx = summary.Works | summary.Hands
		}
	}
	return sum
}

func grow[T any](list []T, n int) []T {
	return append(slices.Clone(list), make([]T, max(0, n-len(list)))...)
}

// argument returns the argument that a declaration names, or else the first
// that fits.
func argument(fn *types.Func, d config.Declaration, fits func(types.Type) bool) (int, bool) {
	sig := fn.Signature()
	if i, ok := d.Index(); ok {
		return i, i < sig.Params().Len() && (i >= 0 || sig.Recv() != nil)
	}
	for i := range sig.Params().Len() {
		p := sig.Params().At(i)
		if d.Arg == p.Name() && d.Arg != "" || d.Arg == "" && fits(p.Type()) {
			return i, true
		}
	}
	return 0, false
}

func isFunc(t types.Type) bool {
	if s, ok := t.Underlying().(*types.Slice); ok {
		t = s.Elem() // func(fs ...func())
	}
	_, ok := t.Underlying().(*types.Signature)
	return ok
}

func contextOf(fn *types.Func) (int, bool) {
	return argument(fn, config.Declaration{}, otelapi.ImplementsContext)
}

// launcher says what the declared launcher does with the function it is given.
func launcher(fn *types.Func, d config.Declaration, sum *summary.Func) {
	arg, ok := argument(fn, d, isFunc)
	if !ok || arg < 0 {
		return
	}
	slot := &sum.Slots[arg+1]
	switch {
	case d.Is("waits"):
		slot.Func = summary.Called
	case d.Is("shared"):
		slot.Func = summary.RunsOnce
	case d.Is("tracked"):
		slot.Func = summary.Launched | summary.Tracked
	default:
		slot.Func = summary.Launched
	}
	ctx, ok := contextOf(fn)
	if !d.Is("detached") {
		return
	}
	slot.Given = summary.CtxResult{Known: true, From: summary.FromNone, Detached: true}
	if ok {
		slot.Given.From = ctx
		sum.Slots[ctx+1].Ctx = summary.Detaches
	}
}

// detacher says where the contexts come from that the declared detacher
// returns.
func detacher(fn *types.Func, d config.Declaration, sum *summary.Func) {
	arg, ok := argument(fn, d, ctxflow.Carries)
	if !ok {
		return
	}
	for i := range sum.Results {
		if otelapi.ImplementsContext(fn.Signature().Results().At(i).Type()) {
			sum.Results[i].Ctx = summary.CtxResult{Known: true, From: arg, Detached: true}
		}
	}
	sum.Slots[arg+1].Ctx = summary.Reads
}

// handler says which parameter of the declared handler has the context of a
// request, or which function that it is given does.
func handler(fn *types.Func, d config.Declaration, sum *summary.Func) {
	fits := func(t types.Type) bool { return isFunc(t) || ctxflow.Carries(t) }
	// A function that is registered comes before the context it is registered
	// with.
	arg, ok := argument(fn, d, isFunc)
	if !ok {
		arg, ok = argument(fn, d, fits)
	}
	if !ok || arg < 0 {
		return
	}
	if isFunc(fn.Signature().Params().At(arg).Type()) {
		sum.Slots[arg+1].Func = summary.Kept | summary.Serves
	} else {
		sum.Slots[arg+1].Ctx |= summary.OfRequest
	}
}
