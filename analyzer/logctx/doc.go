// Package logctx reports log calls without the context of the span around them.
//
// # What it does
//
// logctx looks at calls of log/slog, and of zap with otelzap, zerolog and
// logrus, in functions that have a variable with the context of a span. It
// reports
//
//   - slog (opt-in): a call that is not given the context, although there is
//     one that takes it.
//
// # Why is this bad
//
// A handler that adds trace_id and span_id to a line takes them from the
// context of the call. Without it the line is in no trace, and whoever looks
// at the trace does not find it.
//
// # Example
//
//	ctx, span := tracer.Start(ctx, "save")
//	defer span.End()
//	slog.Info("saving")
//	return work(ctx)
//
// Use instead:
//
//	ctx, span := tracer.Start(ctx, "save")
//	defer span.End()
//	slog.InfoContext(ctx, "saving")
//	return work(ctx)
//
// # Trace
//
// slog:
//
//	request            |==========|
//	  save               |====|              its log records do not name it
//
// Repaired:
//
//	request            |==========|
//	  save               |====|              its log records have its identity
//
// # Fix and its safety
//
// Calls the function that takes the context, for log/slog only. Safe: it does
// the same otherwise.
//
// # Limits
//
// Silent where no span is known to be in a context; where the logger was made
// by a call that was given a context, or the line has a field with one; with
// zerolog and logrus in packages that never give a line a context, and with zap
// in those that do not set up its bridge to OpenTelemetry, for then nobody looks
// at it; in code for tests.
//
// # Configuration
//
// Off by default: -logctx, -strict or -enable=logctx turn it on.
package logctx
