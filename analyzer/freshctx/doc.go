// Package freshctx reports contexts that start over from Background although
// the context of a request or a span is at hand.
//
// # What it does
//
// freshctx looks at every context.Background, context.TODO and
// http.NewRequest in functions that serve a request or have a span running,
// and follows the new context to what uses it. Calls that have no context to
// take, though a sibling of theirs has, start over themselves: http.Get and
// the methods of clients like it, Exec, Query and QueryRow of database/sql.
//
//   - async: work launched for a request starts over.
//   - nolink: work launched for a request has a root span of its own, as it
//     should, but no link to the request.
//   - sync: a call that the request waits for starts over.
//   - hidden (opt-in): a helper without a context parameter starts over, and
//     its callers hold a context.
//   - stored (opt-in): a call below a span gets a context from a field, which
//     lives longer than the span and does not carry it.
//   - cleanup (opt-in): as sync, in a deferred call, after a context is done,
//     or on an error path.
//
// # Why is this bad
//
// A fresh context carries no span, so whatever is traced with it begins a
// trace of its own: the request's trace ends where the interesting part
// begins, and nothing in the new one says where it comes from. Deadline,
// baggage and other values are lost as well. To outlive the request is no
// reason for it: context.WithoutCancel cuts the cancellation and nothing else.
//
// # Example
//
//	func (s *server) checkout(w http.ResponseWriter, r *http.Request) {
//		order := s.place(r.Context())
//		s.background.Go(func() {
//			s.notify(context.Background(), order)
//		})
//	}
//
// Use instead:
//
//	func (s *server) checkout(w http.ResponseWriter, r *http.Request) {
//		ctx := r.Context()
//		order := s.place(ctx)
//		s.background.Go(func() {
//			ctx, span := tracer.Start(context.WithoutCancel(ctx), "notify", trace.WithNewRoot(), trace.WithLinks(trace.LinkFromContext(ctx)))
//			defer span.End()
//			s.notify(ctx, order)
//		})
//	}
//
// # Trace
//
// async:
//
//	request            |==========|
//	work                      :..........:   a trace of its own, from nowhere
//	  leaf                         |==|
//
// Repaired:
//
//	request            |==========|
//	work -> request           |==========|
//	  leaf                         |==|
//
// nolink:
//
//	request            |==========|
//	work                      |==========|   nothing says where it comes from
//	  leaf                         |==|
//
// Repaired:
//
//	request            |==========|
//	work -> request           |==========|
//	  leaf                         |==|
//
// sync, hidden, stored, cleanup:
//
//	request            |==============|
//	  load               |=========|
//	leaf                     |==|            a trace of its own, from nowhere
//
// Repaired:
//
//	request            |==============|
//	  load               |=========|
//	    leaf                 |==|
//
// # Fix and its safety
//
// async: starts a detached span inside the launched function, as orphanspan
// does, from the context at hand; the traces change, which is the purpose.
// nolink: adds the link. Safe: it changes nothing else. sync and cleanup: use
// the context at hand. Where the code gives the new context a limit of its
// own, says in a comment why it starts over, cleans up, returns what it has
// opened, or leaves work behind that goes on with it, that is
// context.WithoutCancel of it, so that a client who leaves stops nothing that
// ran to its end before. Where gRPC metadata are added to the new context there
// is no repair: those of the caller would be sent as well. hidden and stored
// are not repaired.
//
// A root without a link is sound code to some, and is how much advice on
// detached tasks has it. We ask for the link, since without it nobody finds
// the task from the request; -freshctx.nolink=false switches that off.
//
// # Limits
//
// Silent about contexts that are stored, returned or handed to what keeps
// them, that only loggers, metrics, waits and shutdowns get, that get their span
// back by hand or by a carrier, that stand in for one that is nil or done,
// and in code for tests, singleflight callbacks and work that never ends. So it
// is about calls that open something which is kept: a body, an iterator, a
// connection in a field; about contexts that an object gives an end of its own;
// about what a closure keeps for later, and the timer of an object, which works
// for many.
//
// A comment that says why a context starts over is believed: above the call or
// before it in the blocks around, on the function, or as the reason beside a
// directive for contextcheck. It is not if the call is
// known to trace, if a span has been started here, or, for launched work, if
// the package speaks of tracing: such reasons are about cancellation. In
// packages that do not, a context to which gRPC metadata are added is taken for
// that of somebody else. A callee behind an interface is taken to trace, though
// all that implement it may do no more than log.
//
// A function is taken to serve a request only if servers call functions of its
// shape, or if nothing it does with its context parameter says otherwise. What
// a constructor, or a function that only such call, launches or registers is
// left alone, and so are handlers below /debug/.
//
// # Configuration
//
// -detach=link|child chooses what the repair of async starts. Each category
// is switched by -freshctx.CATEGORY=false.
package freshctx
