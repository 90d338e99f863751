// Package spanend reports spans that are not ended, or not where they should be.
//
// # What it does
//
// spanend follows every span from the call that starts it, through variables,
// closures, helpers and fields, to the calls that end it. It reports
//
//   - lost: a span that some path to a return does not end, that is discarded,
//     overwritten, or kept where nothing ends it;
//   - manual: a span ended by hand where one deferred call does the same;
//   - loop: an End that is deferred in a loop;
//   - foreign: an End of a span that was taken out of a context;
//   - early: an End, deferred or by hand, after which what left the function
//     still uses the span or its context: a context, a closure, an iterator, a
//     stream, a channel that is still filled, an object with the span in it;
//   - late: a span that is annotated, or ended again, after its End, if only by
//     work that goes on then, or ended by several goroutines;
//   - uncalled: a deferred call of a function that returns the end function;
//   - phase (opt-in): every other End by hand that a panic would skip.
//
// Spans are those of OpenTelemetry, OpenCensus, OpenTracing, Datadog (v1 and
// v2), Elastic APM, Sentry, AWS X-Ray and New Relic, transactions and segments
// included.
//
// # Why is this bad
//
// A span that is not ended is never exported: its time and attributes are
// lost, and its children seem to have no parent. Usually the path without End
// is the error path, the one that is looked for in the traces. A span that is
// ended too early has the wrong time, and whatever is set on it afterwards is
// dropped.
//
// # Example
//
//	func load(ctx context.Context, id string) error {
//		ctx, span := tracer.Start(ctx, "load")
//		if err := query(ctx, id); err != nil {
//			return err // the span is not ended here
//		}
//		span.End()
//		return nil
//	}
//
// Use instead:
//
//	func load(ctx context.Context, id string) error {
//		ctx, span := tracer.Start(ctx, "load")
//		defer span.End()
//		if err := query(ctx, id); err != nil {
//			return err
//		}
//		return nil
//	}
//
// # Trace
//
// lost, uncalled:
//
//	request            |==========|
//	  load               |=======>           never ended, so never exported
//	    query               |==|             its parent is missing
//
// Repaired:
//
//	request            |==========|
//	  load               |======|
//	    query               |==|
//
// manual, phase:
//
//	request            |==========|
//	  load               |=======>           a panic jumps over its End
//	    query               |==|
//
// Repaired:
//
//	request            |==========|
//	  load               |======|            ended by defer
//	    query               |==|
//
// loop:
//
//	request            |=============|
//	  round              |==========|        all end with the function
//	  round                 |=======|
//	  round                    |====|
//
// Repaired:
//
//	request            |=============|
//	  round              |==|
//	  round                 |==|
//	  round                    |==|
//
// foreign:
//
//	request            |=====|               ended by a function it was lent to
//	  load               |=|
//	  query                     |==|         begins after its parent has ended
//
// Repaired:
//
//	request            |==========|
//	  load               |=|
//	  query                     |==|
//
// early:
//
//	request            |===============|
//	  open               |==|                ended before the rows are read
//	    read                  |=======|
//
// late:
//
//	request            |===============|
//	  load               |=====|             what is set after this is dropped
//
// # Fix and its safety
//
// lost and manual: inserts a deferred call after the start, and removes calls
// by hand that nothing but a return follows. Safe: only the first End of a
// span counts, so paths that ended it keep their time, and on a panic it is
// now exported as well. With tracers that report a second end too, all other
// ends must be among those that go; a segment of X-Ray is closed with nil only
// where the function returns no error. Not offered where the span, its context or something
// that uses them leaves the function, and in loops. loop: makes a function of
// the rest of the round, unless it starts a goroutine, defers something else or
// leaves the loop in a way that a function cannot repeat. uncalled: adds the
// call. A helper that looks at an error which is not there yet gets its defer.
// Removing a foreign End, and deferring where something is called between End
// and return, change what is exported and are made with -unsafe-fixes only.
//
// # Limits
//
// Silent about spans whose owner is not known: given to a function value, an
// interface or a function of a package that was not analyzed, sent on a
// channel, put in an exported field. A context that is returned or stored
// without its span is taken for the first half of a pair of hooks, and where one
// that was started is passed on and the span let go, whoever gets it may end it,
// as far as the package shows. What is opened under a span, a cursor or a
// transaction, may outlive it. An object that holds a span is followed, for lost
// alone, where a function makes it, returns it and gives it to nobody else; any
// other field that some method ends counts as ended. A helper that leaves at once
// while the program's state says that traces are off ends its span, as there is
// none until then; and where a function asks whether the span is exported, it may
// be left open if it is not. A segment of New Relic that is made as a literal is
// not followed, and neither is a transaction of Sentry that is ended nowhere, as
// it can be that of the middleware. In code for tests only a span that is ended
// on some path and not on another is reported.
//
// # Configuration
//
// Each category is switched by -spanend.CATEGORY=false, or on by
// -enable=spanend.phase.
package spanend
