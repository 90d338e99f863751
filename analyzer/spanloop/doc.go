// Package spanloop reports spans for every round of a loop that only computes.
//
// # What it does
//
// spanloop looks at loops without a fixed number of rounds, and at all that
// their body calls. It reports
//
//   - hot (opt-in): a span that is started in every round, where no round does
//     anything but compute.
//
// # Why is this bad
//
// A span costs more than the round that it measures. Thousands of them fill
// the queue of the batch processor, which then drops spans of others without
// a word, and nobody can read a trace that has them.
//
// # Example
//
//	func sum(ctx context.Context, values []int) (n int) {
//		for _, v := range values {
//			_, span := tracer.Start(ctx, "add")
//			n += v
//			span.End()
//		}
//		return n
//	}
//
// Use instead:
//
//	func sum(ctx context.Context, values []int) (n int) {
//		_, span := tracer.Start(ctx, "sum", trace.WithAttributes(attribute.Int("values", len(values))))
//		defer span.End()
//		for _, v := range values {
//			n += v
//		}
//		return n
//	}
//
// # Trace
//
// hot:
//
//	request            |==============|
//	  add                |=|                 one for every round
//	  add                   |=|
//	  add                      |=|
//
// Repaired:
//
//	request            |==========|
//	  sum                |====|              one, with the number of rounds
//
// # Fix and its safety
//
// None: where the one span belongs that takes their place is not for a tool to
// say.
//
// # Limits
//
// Silent where a round calls a function value, an interface or another
// module, for nobody knows what that does; where it communicates or waits;
// for loops over what the source has; in code for tests.
//
// # Configuration
//
// Off by default: -spanloop, -strict or -enable=spanloop turn it on.
package spanloop
