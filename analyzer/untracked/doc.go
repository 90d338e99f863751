// Package untracked reports concurrent work that nobody waits for.
//
// # What it does
//
// untracked looks at everything that runs concurrently, and asks who knows
// when it is done: a group that counts it, a channel that somebody receives
// from, a registry that a drain polls, the launching function itself.
//
//   - bare: a request launches work that nobody can wait for, and the work does
//     I/O or takes a context.
//   - unwaited: a group counts the work, and nobody waits for the group, only a
//     function does that nobody calls, or a return jumps over the wait; or the
//     group hears of the work only once that runs.
//   - dropped: an errgroup is never asked for its error, or a group, a channel or
//     a function by which the work of a call could be waited for is dropped.
//   - stop (opt-in): the Close, Stop or Shutdown of a type does not wait for work
//     of the type, a deferred Close runs while the work uses what it closes, or a
//     function that serves returns while the work still shuts the server down.
//
// # Why is this bad
//
// Every deploy ends the process. A server that shuts down in good order waits
// for its requests, and then exits: work that requests have left behind is cut
// off in the middle, silently, and its spans are not exported, because the
// provider has been shut down before they end. A group that counts and is not
// waited for looks as if somebody had thought of it.
//
// # Example
//
//	func (s *server) checkout(w http.ResponseWriter, r *http.Request) {
//		ctx := context.WithoutCancel(r.Context())
//		order := s.place(ctx)
//		go s.notify(ctx, order)
//	}
//
// Use instead:
//
//	func (s *server) checkout(w http.ResponseWriter, r *http.Request) {
//		ctx := context.WithoutCancel(r.Context())
//		order := s.place(ctx)
//		s.background.Go(func() { s.notify(ctx, order) })
//	}
//
//	// Shutdown is called after that of the http.Server.
//	func (s *server) Stop() { s.background.Wait() }
//
// # Trace
//
// bare, unwaited, dropped, stop:
//
//	request            |=====|
//	shutdown                     |==|        waits for nobody
//	work                   |========x        cut off, its span is not exported
//
// Repaired:
//
//	request            |=====|
//	shutdown                     |======|    waits for the work
//	work                   |==========|
//
// # Fix and its safety
//
// bare: the wait group in reach that somebody waits for (a field of the
// receiver, a parameter, a package variable) counts the work, by WaitGroup.Go
// from Go 1.25 on where the work does not recover, else by Add and Done. What
// is waited for ends by itself, so the wait takes longer and not for ever.
// Where another rule repairs the same launch, its fix counts the work as well.
// With -unsafe-fixes a new wait group is put into a type whose Close, Stop or
// Shutdown can wait for it first of all, and a group that is there and that
// nobody waits for is waited for there; a deadline of the stop is not heeded.
//
// # Limits
//
// bare is silent outside of request code, about loops that end with a context
// or a channel, pumps, watchers, servers, pools, work in memory, and work that
// a ticker's loop does again by itself; about work that a deferred cancel ends
// when a function that goes on beside it returns; about what constructors
// launch, and where a comment above, or the function's documentation, says fire
// and forget, best effort, or that errors are ignored.
// unwaited is silent about groups that other packages declare or can name, or
// that a comment declares to be for tests, about waits under a condition, and
// about three kinds of early returns: those that are taken only because the
// context is done on which the work runs, for then the work ends as well;
// failures of a command, which end the process; and failures that leave work
// behind which only computes, and whose result nobody sees. Code for tests is left alone, and
// what it waits for is not waited for. A deferred release of what was acquired
// before the launch counts as a tracker, whatever it is. A call whose body is not
// in view does I/O if it is a method that takes something and can fail.
//
// unwaited and dropped are silent about work that only waits for an end or a
// signal. dropped is silent where a program is set up with a channel that tells
// the work when to end, of a context that lasts or given from outside.
//
// # Configuration
//
// Each category is switched by -untracked.CATEGORY=false, or on by
// -enable=untracked.stop.
package untracked
