//ruletest:flags -spanend -paths=paths=spanend.phase

// Package paths is looked at with a category left out below its path.
package paths

import "context"

func silentWhereLeftOut(ctx context.Context) error {
	//spanlint:ignore spanend it may be of use elsewhere
	return ctx.Err()
}
