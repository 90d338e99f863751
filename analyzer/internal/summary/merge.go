package summary

// or returns what holds for a function that is either f or g: what one of them
// may do, and what both of them are sure to do.
func (f *Func) or(g *Func) *Func {
	out := &Func{
		Slots:       make([]Slot, max(len(f.Slots), len(g.Slots))),
		Results:     make([]Result, max(len(f.Results), len(g.Results))),
		NoReturn:    f.NoReturn && g.NoReturn,
		Endless:     f.Endless || g.Endless,
		Traces:      f.Traces || g.Traces,
		StartsFirst: f.StartsFirst && g.StartsFirst,
	}
	for i := range out.Slots {
		out.Slots[i] = f.SlotAt(i - 1).or(g.SlotAt(i - 1))
	}
	for i := range out.Results {
		out.Results[i] = f.ResultAt(i).or(g.ResultAt(i))
	}
	return out
}

func (s Slot) or(t Slot) Slot {
	out := Slot{
		Span: both(s.Span, t.Span, Ends),
		Ctx:  both(s.Ctx, t.Ctx, Awaits|Yields),
		// Work that one of them does not count is not counted.
		Func:  both(s.Func, t.Func, Tracked|Deferred),
		Group: both(s.Group, t.Group, Waits|Receives),
		Names: s.Names || t.Names,
		Sent:  s.Sent && t.Sent,
		Bare:  s.Bare && t.Bare,

		FailsDone: s.FailsDone && t.FailsDone,
		By:        s.By,
	}
	if out.By == "" {
		out.By = t.By
	}
	if s.Given == t.Given {
		out.Given = s.Given
	}
	return out
}

// both joins two sets of bits; those in sure must be in both of them.
func both[T ~uint8 | ~uint16](a, b, sure T) T { return (a|b)&^sure | a&b&sure }

func (r Result) or(q Result) Result {
	out := Result{End: r.End && q.End}
	if r.Span == q.Span {
		out.Span = r.Span
	}
	if r.Ctx == q.Ctx {
		out.Ctx = r.Ctx
	}
	if r.Stop == q.Stop {
		out.Stop = r.Stop
	}
	if r.Handle == q.Handle {
		out.Handle = r.Handle
	}
	return out
}
