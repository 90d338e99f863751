// Package spanerror reports errors that the status of their span does not show.
//
// # What it does
//
// spanerror follows the errors that come up while a span is open to the
// returns of its function, and looks at what sets the status of the span:
// the function itself, helpers, deferred functions. It reports
//
//   - unset (opt-in): an error leaves the function on a path that leaves the
//     status of its span unset. RecordError alone leaves it unset;
//   - benign (opt-in): the status is set to an error because the work was
//     cancelled.
//
// # Why is this bad
//
// Whoever looks for what has failed looks at the status: rates of errors,
// alerts and samplers do. A span that only has an event of the error is not
// among them. And callers that go away are no failures of the service.
//
// # Example
//
//	ctx, span := tracer.Start(ctx, "load")
//	defer span.End()
//	if err := query(ctx); err != nil {
//		span.RecordError(err)
//		return err
//	}
//	return nil
//
// Use instead:
//
//	ctx, span := tracer.Start(ctx, "load")
//	defer span.End()
//	if err := query(ctx); err != nil {
//		span.SetStatus(codes.Error, err.Error())
//		return err
//	}
//	return nil
//
// # Trace
//
// unset:
//
//	request            |==========|
//	  load               |====|              failed, and does not count so
//
// Repaired:
//
//	request            |==========|
//	  load               |====|              its status is Error
//
// benign:
//
//	request            |=====|               its client has left
//	  load               |===|               counts as failed
//
// # Fix and its safety
//
// Sets the status to codes.Error, with the text of the error, directly before
// the return or after the call that records it, where the variable is known
// not to be nil. Safe: nothing else is touched. It never inserts RecordError,
// for OpenTelemetry gives up the events of spans.
//
// # Limits
//
// Silent about what is expected: io.EOF, context.Canceled, the error of a
// context, an error that the code has compared with another one or asked for
// its kind, gRPC's NotFound; about errors that come from a function which has
// set the status of a span of its own; about spans that somebody else may
// end or that are handed to a function which is not in view; in code for
// tests.
//
// # Configuration
//
// Off by default: -spanerror, -strict or -enable=spanerror turn it on, and
// -spanerror.CATEGORY=false switches a category.
package spanerror
