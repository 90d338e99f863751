package orphanspan

import (
	"fmt"

	"github.com/spanlint/spanlint/analyzer/internal/ctxflow"
	"github.com/spanlint/spanlint/analyzer/internal/launch"
	"github.com/spanlint/spanlint/analyzer/internal/model"
	"github.com/spanlint/spanlint/analyzer/internal/plan"
	"github.com/spanlint/spanlint/analyzer/internal/summary"
)

// handoffs finds contexts that are handed to a function which works with them
// after it has returned, and is sound by itself: those who call it with a
// context that lasts are right. What is wrong is the handing over, or the
// deferred call that ends the context.
func handoffs(m *model.Models) []plan.Verdict {
	var verdicts []plan.Verdict
	for _, h := range m.Launch.Handoffs() {
		if v, ok := deferredCancel(m, h); ok {
			verdicts = append(verdicts, v)
			continue
		}
		v := plan.Verdict{Site: h.Call, Pos: h.Call.Pos(), End: h.Call.End()}
		if r := m.Launch.HandedOver(h); r != launch.NotRequest && m.Config.On(Rule.Name, canceled) {
			v.Category = canceled
			end := "the request ends"
			if r == launch.Proven {
				end = "the handler returns"
			}
			v.Message = fmt.Sprintf("%s goes on working with %s, which is cancelled when %s", goesOn(h), name(h.Expr), end)
			verdicts = append(verdicts, v)
		} else if endedBefore(m, h) {
			v.Category = ended
			v.Message = fmt.Sprintf("%s goes on after the span in %s has ended, so its spans hang below a parent that is gone", goesOn(h), name(h.Expr))
			verdicts = append(verdicts, v)
		}
	}
	return verdicts
}

// goesOn names the work of a handoff: by the callee, or, where this only
// passes the context on, by the function that launches it.
func goesOn(h launch.Handoff) string {
	if h.By == "" {
		return calleeName(h.Callee)
	}
	return "work launched by " + h.By
}

// deferredCancel judges a context that was detached for the work, and then
// got a deferred cancel; and one that is cancelled as soon as it is handed over,
// since the function does nothing more.
func deferredCancel(m *model.Models, h launch.Handoff) (plan.Verdict, bool) {
	for _, v := range h.Values {
		for _, s := range v.Cancels() {
			if s.Kind != ctxflow.Cancels || s.Handle == nil || !h.Func.Inside(s.Func) {
				continue
			}
			d, ok := m.Launch.DeferredFor(s, h.Call)
			if !ok || m.Launch.Judged(h) {
				continue
			}
			if !(v.Detached() && meantToLast(m, v, s)) && !(h.Func == s.Func && !h.Starts && m.Launch.Forsakes(h) && m.Launch.LastCall(h.Func, h.Call)) {
				continue
			}
			return plan.Verdict{
				Category: canceled,
				Site:     h.Call,
				Pos:      d.Pos(), End: d.End(),
				Message: fmt.Sprintf("deferred call cancels %s when %s returns, but %s goes on working with it",
					name(h.Expr), funcName(s.Func), calleeName(h.Callee)),
			}, true
		}
	}
	return plan.Verdict{}, false
}

// endedBefore reports whether the context of a handoff carries a span that
// the function around it ends, and the work has none of its own.
func endedBefore(m *model.Models, h launch.Handoff) bool {
	if h.Does&summary.Spanless == 0 || h.Starts || !m.Launch.Forsakes(h) {
		return false
	}
	for _, v := range h.Values {
		s, ok := v.Span()
		if !ok || v.Detached() || !h.Func.Inside(s.Func) {
			return false
		}
		start := parentOf(m, s)
		if start == nil || len(start.EndPoints()) == 0 {
			return false
		}
		for _, end := range start.EndPoints() {
			if end.Func != s.Func {
				return false // a closure ends it, perhaps when the work is done
			}
		}
	}
	return len(h.Values) > 0
}
