// Package others is looked at without the rule that its directives name.
package others

import "context"

func silentWithoutTheRule(ctx context.Context) error {
	//spanlint:ignore spanend it may be of use where the rule runs
	return ctx.Err()
}
