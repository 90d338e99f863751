// Package badignore reports directives that do not silence what they seem to.
//
// # What it does
//
// A comment in the line of a finding, or above that line, silences it:
//
//	//spanlint:ignore RULE reason
//	//spanlint:ignore RULE.category,OTHER reason
//
// It does so in every way to run spanlint. The line is the one that the finding
// is reported in, which need not be the first of its statement. badignore
// looks at these comments, and reports
//
//   - noreason: one without a reason, which silences nothing;
//   - unknown: one that names no rule, or a rule or category that there is not;
//   - unused: one that silences nothing, as there is no such finding.
//
// # Why is this bad
//
// A directive without a reason leaves the next reader to guess whether somebody
// has thought about it. One that silences nothing hides the next mistake that
// is made there, and tells readers of a danger that is gone.
//
// # Example
//
//	func (s *server) checkout(ctx context.Context) {
//		//spanlint:ignore orphanspan
//		go s.notify(ctx, "order")
//	}
//
// Use instead:
//
//	func (s *server) checkout(ctx context.Context) {
//		//spanlint:ignore orphanspan the caller waits for notify before it cancels
//		go s.notify(ctx, "order")
//	}
//
// # Fix and its safety
//
// unused: removes the directive, or of several names those that silence
// nothing. Safe: it is a comment.
//
// # Limits
//
// unused is silent about a rule that does not run, or of which a category is
// switched off that is on by default. Opt-in categories are looked for even
// where they are off, so that a directive for a run with -strict may stay in
// others. What is found only under other build tags or on other systems is not
// known: switch unused off where directives are for those. Generated files are
// not looked at. Comments of golangci-lint are its own business.
//
// # Configuration
//
// Each category is switched by -badignore.CATEGORY=false.
package badignore
