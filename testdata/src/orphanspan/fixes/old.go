//go:build go1.21

package fixes

import "context"

// Before Go 1.22 the rounds of a loop share its variables.

func bindsLoopVariables(ctx context.Context, orders []order) {
	for i, o := range orders {
		if i > 0 {
			go save(ctx, o) // want `goroutine outlives`
		}
	}
	for i := 0; i < len(orders); i++ {
		go countOrders(ctx, i) // want `goroutine outlives`
	}
}
