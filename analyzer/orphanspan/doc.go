// Package orphanspan reports work that outlives the request or the span whose
// context it uses.
//
// # What it does
//
// orphanspan looks at everything that runs concurrently or later: go
// statements, groups, pools, timers, functions that launch their argument,
// jobs sent to a worker. It follows each context the work uses back to where
// it comes from, and asks whether the work is waited for before that context
// comes to its end.
//
//   - canceled: the work outlives the request, or the deferred cancel, of its
//     context, or comes when the function has cancelled that itself.
//   - ended: the work outlives the span in its context and starts none of its
//     own, or is waited for only after the span's End.
//   - nospan: the work is detached, and traces, but no span of its own wraps it.
//   - shared: the work is done once for many callers, on the context of the
//     first of them.
//   - mayspan (opt-in): as nospan, where nothing proves that the work traces.
//
// # Why is this bad
//
// net/http and gRPC cancel a request's context when the handler returns, and
// its span ends then. Work that still uses the context dies of "context
// canceled" at a random place, and the spans it starts hang below a parent
// that had ended before they began: backends show them as gaps, as orphans,
// or not at all.
//
// # Example
//
//	func (s *server) checkout(w http.ResponseWriter, r *http.Request) {
//		order := s.place(r.Context())
//		go s.notify(r.Context(), order)
//	}
//
// Use instead:
//
//	func (s *server) checkout(w http.ResponseWriter, r *http.Request) {
//		order := s.place(r.Context())
//		s.background.Add(1)
//		go func(ctx context.Context) {
//			defer s.background.Done()
//			ctx, span := tracer.Start(context.WithoutCancel(ctx), "notify", trace.WithNewRoot(), trace.WithLinks(trace.LinkFromContext(ctx)))
//			defer span.End()
//			s.notify(ctx, order)
//		}(r.Context())
//	}
//
// # Trace
//
// canceled:
//
//	request            |==========|
//	  work                    :...x......:   its context is canceled
//	    leaf                         |=x     begins after its parent has ended
//
// Repaired:
//
//	request            |==========|
//	work -> request           |==========|   a root of its own, ended by defer
//	  leaf                           |==|
//
// ended:
//
//	request            |==================|
//	  parent              |=====|
//	    work                 :..........:    no span of its own
//	      leaf                     |==|      begins after its parent has ended
//
// Repaired:
//
//	request            |==================|
//	  parent              |=====|
//	work -> parent           |==========|    a root of its own, ended by defer
//	  leaf                         |==|
//
// nospan, mayspan:
//
//	request            |==========|
//	  work                    :..........:   detached, and without a span
//	  leaf                         |=|       each leaf hangs below the request
//	  leaf                            |==|
//
// Repaired:
//
//	request            |==========|
//	work -> request           |==========|   one root for all of it
//	  leaf                         |=|
//	  leaf                            |==|
//
// shared:
//
//	request            |=====|
//	  work                 :.x.......:       the first caller has left
//	    leaf                   |=x
//	second request        |===========|      waits for it, and gets the error
//
// Repaired:
//
//	request            |=====|
//	work -> request        |=========|       lives as long as it has to
//	  leaf                     |==|
//	second request        |===========|
//
// # Fix and its safety
//
// Starts a detached span inside the launched function: cancellation cut, a
// new root that links to its origin (with -detach=child a child of it), ended
// by defer. The traces change, which is the purpose. The fix is offered only
// where the work ends by itself, a tracer and the needed packages are at
// hand, and the names it uses mean the same inside the launched function.
// A new root lets the sampler decide afresh: a detached job can be sampled
// when its request is not, and the reverse.
//
// # Limits
//
// Silent about contexts whose origin is not in view, functions whose callers
// in view hand them a context that lasts, work whose other end the caller
// holds (a returned channel, iterator or pipe), loops that end with their
// context, what constructors launch, functions that let the callbacks of what
// they build work with their context, methods for others that answer nothing
// and that nobody in view calls, handlers below /debug/. Work that is
// counted by something that each request makes for itself does not outlive the
// request if whoever makes that waits for it. Results that go through an
// interface are followed to what implements it in the same package. shared is
// silent where a comment or the documentation speaks of the first caller's
// context, and where those who find the work cancelled although their own
// context goes on try again. A deferred cancel counts where it is on one path
// with what it cancels; conditions that exclude each other are not compared.
//
// # Configuration
//
// -detach=link|child chooses what the repair starts. Each category is
// switched by -orphanspan.CATEGORY=false.
package orphanspan
