// Package exitflush reports spans that the end of the program throws away.
//
// # What it does
//
// A provider hands spans to its exporter later, many at a time; what it still
// holds when the process ends is lost, unless Shutdown is called before.
// exitflush follows providers, and the functions that shut them down, from
// where they are made to the exits of the program.
//
//   - exit: os.Exit, log.Fatal or a function that exits, always or if it is given
//     an error, skips a deferred Shutdown when spans may exist.
//   - startup (opt-in): the same before anything has run that could be lost.
//   - canceled: Shutdown gets a context that has ended by then, so it gives up
//     at once: one of signal.NotifyContext, or one whose cancel function runs
//     before it.
//   - order: the provider stops before the last spans end or before the work that
//     makes them is waited for, or it or its exporter when a function returns that
//     only sets it up; its exporter stops before it does; or whoever waits for work is
//     released before the work has ended its span.
//   - noshutdown: a provider, or the function that shuts it down, is dropped, or
//     kept as a type that has no Shutdown.
//
// # Why is this bad
//
// The spans that are lost are the last ones: those of the request that made
// the process exit, of the job that a deploy cut off, and, in a program that
// runs for seconds, all of them. Nothing is logged. Stopping the exporter is
// not stopping the provider: the spans are in the provider's queue.
//
// # Example
//
//	func run(ctx context.Context) {
//		tp := trace.NewTracerProvider(trace.WithBatcher(exporter))
//		otel.SetTracerProvider(tp)
//		defer tp.Shutdown(ctx)
//		if err := work(ctx); err != nil {
//			log.Fatal(err)
//		}
//	}
//
// Use instead:
//
//	func run(ctx context.Context) error {
//		tp := trace.NewTracerProvider(trace.WithBatcher(exporter))
//		otel.SetTracerProvider(tp)
//		defer tp.Shutdown(context.WithoutCancel(ctx))
//		return work(ctx)
//	}
//
// # Trace
//
// exit, startup:
//
//	process            :...............x     exits past Shutdown
//	  work                    |====|         is never exported
//
// Repaired:
//
//	process            :...............:     Shutdown comes before the exit
//	  work                    |====|
//
// canceled:
//
//	process            :...............x     Shutdown gives up at once
//	  work                    |====|         is never exported
//
// Repaired:
//
//	process            :...............:     Shutdown has its time
//	  work                    |====|
//
// order:
//
//	provider           :.........x           is shut down first
//	  work                 |=========|       ends too late to be exported
//
// Repaired:
//
//	provider           :...............:     is shut down last
//	  work                 |=========|
//
// noshutdown:
//
//	process            :...............x     nobody shuts the provider down
//	  work                    |====|         is never exported
//
// # Fix and its safety
//
// canceled: the context is wrapped in context.WithoutCancel, before a deadline
// is set on it if one is. Safe: Shutdown waits for the exporter, no longer than
// its own timeouts, where it gave up before. From Go 1.21 on.
//
// Only with -unsafe-fixes, as the program takes another way at its end: the
// deferred Shutdown is also called before the exit (exit, startup); two
// statements that stand beside each other change places (order).
//
// noshutdown has no fix: where a program ends is for its author to say.
//
// # Limits
//
// Code for tests and what imports package testing are left alone, and providers
// that only have a simple processor or an exporter in memory. A provider that is
// stored in an exported field, given to a function that may shut it down, or
// taken back by otel.GetTracerProvider is somebody else's, and so is one that is
// returned as an interface by a constructor which is handed out as a value, or in
// a package that asks such values for a Shutdown. An exit that follows
// the failure of a call is part of the start as long as other work would have
// followed, and nothing has traced, served or been waited for; so is that of a
// server that could not listen. A second signal may end the process at once.
// Whoever is released must wait and go on to stop the provider, to end the
// program, or to a caller that may. Code that serves a request, and a function
// that waits for work of its own while the program goes on, do neither; a channel
// that is only polled, or tells work to stop that runs beside the rest, releases
// nobody.
//
// # Configuration
//
// Each category is switched by -exitflush.CATEGORY=false, or on by
// -enable=exitflush.startup.
package exitflush
