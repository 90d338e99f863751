// Package lostctx reports spans whose context is lost, and contexts whose span has ended.
//
// # What it does
//
// lostctx compares the contexts that calls get with the spans that are open
// there. It reports
//
//   - ignored: the context that Start returned is discarded, or put where
//     nothing reads it, while a call below the span that traces, or a carrier,
//     gets the context from before;
//   - ended: a context is used as a parent after its span has been ended by
//     hand, or overwritten so that the next span hangs below the ended one.
//
// # Why is this bad
//
// A trace shows what happens in a span by the spans below it. Where the
// context is lost they hang beside it, and the time of the span is
// unexplained; where its span has ended they begin when their parent is over,
// and phases that follow each other look like steps that lead ever deeper.
//
// # Example
//
//	_, span := tracer.Start(ctx, "checkout")
//	defer span.End()
//	return work(ctx) // its spans are not below checkout
//
// Use instead:
//
//	ctx, span := tracer.Start(ctx, "checkout")
//	defer span.End()
//	return work(ctx)
//
// # Trace
//
// ignored:
//
//	request            |=============|
//	  checkout           |=========|
//	  query                 |==|             hangs beside checkout, not below it
//
// Repaired:
//
//	request            |=============|
//	  checkout           |=========|
//	    query               |==|
//
// ended:
//
//	request            |===============|
//	  load               |==|
//	    store                 |====|         begins after its parent has ended
//
// Repaired:
//
//	request            |===============|
//	  load               |==|
//	  store                   |====|
//
// # Fix and its safety
//
// ignored: names the context and hands it to the calls that lie in the span.
// ended: gives the context of the phase a name of its own, so that the old
// name still means the context from before. Safe: no span gets another name
// or another time, only the parent that the code's nesting shows. Not offered
// where literals or several assignments share the variable.
//
// # Limits
//
// Calls through interfaces and function values count as tracing only if an
// implementation in this package, or beside the interface, starts spans.
// Silent about launched work that goes on after the span, which orphanspan
// judges, about spans side by side below one parent, and in code for tests.
// The spans of other tracers, those that spanend knows, are judged by ended
// alone, and only in packages that use no second tracer.
//
// # Configuration
//
// Each category is switched by -lostctx.CATEGORY=false.
package lostctx
