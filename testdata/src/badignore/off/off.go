//ruletest:flags -spanend -spanend.loop=false

// Package off is looked at without a category that is on by default.
package off

import "context"

func silentInPart(ctx context.Context) error {
	//spanlint:ignore spanend it may be of use with the category on
	return ctx.Err()
}

func silentCategory(ctx context.Context) error {
	//spanlint:ignore spanend.lost what is left of a fault may have another name
	return ctx.Err()
}
