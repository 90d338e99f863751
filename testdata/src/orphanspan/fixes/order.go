package fixes

import (
	"context"
	"net/http"
	"time"
)

// Function value, receiver and arguments are evaluated where they were.

func evaluatesArguments(ctx context.Context, s *service, id string) {
	go save(context.WithValue(ctx, userKey{}, id), newOrder(id)) // want `goroutine outlives`
}

type userKey struct{}

func threeArguments(first order, ctx context.Context, last *order) {
	_ = save(ctx, first)
	_ = save(ctx, *last)
}

func evaluatesInOrder(ctx context.Context, s *service) {
	go threeArguments(newOrder("1"), ctx, s.latest) // want `goroutine outlives`
}

func evaluatesReceiver(s *service, r *http.Request, w http.ResponseWriter) {
	go s.store.Save(r.Context(), *s.latest) // want `goroutine outlives`
}

func evaluatesFunctionValue(ctx context.Context, s *service) {
	go s.onSave(ctx, order{}) // want `goroutine outlives`
}

func evaluatesFunctionParameter(ctx context.Context, after func(context.Context)) {
	go after(ctx) // want `goroutine outlives`
}

var hook func(context.Context)

func evaluatesPackageFunction(ctx context.Context) {
	go hook(ctx) // want `goroutine outlives`
}

func bindsMethodValue(ctx context.Context, s *service) {
	write := s.save
	go write(ctx, order{}) // want `goroutine outlives`
}

func bindsLocalClosure(ctx context.Context, s *service) {
	write := func(ctx context.Context, id string) { _ = s.save(ctx, order{id}) }
	go write(ctx, "1") // want `goroutine outlives`
}

// The address of a field is where it was.
func keepsAddressedReceiver(ctx context.Context, s *service) {
	go s.writer.write(ctx, order{}) // want `goroutine outlives`
}

func bindsReassigned(ctx context.Context, o order) {
	go save(ctx, o) // want `goroutine outlives`
	o = order{}
	_ = o
}

func bindsChangedField(ctx context.Context, o order) {
	go save(ctx, o) // want `goroutine outlives`
	o.id = "changed"
	_ = o
}

func countOrders(ctx context.Context, n int) { _ = save(ctx, order{}) }

func bindsCounter(ctx context.Context, ids []string) {
	n := 0
	for range ids {
		go countOrders(ctx, n) // want `goroutine outlives`
		n++
	}
}

func bindsAddressed(ctx context.Context, o order) *order {
	go save(ctx, o) // want `goroutine outlives`
	return &o
}

func bindsAssignedContext(ctx context.Context, o order) {
	go save(ctx, o) // want `goroutine outlives`
	ctx = context.WithValue(ctx, userKey{}, o.id)
	_ = save(ctx, o)
}

// What has been assigned before and is not again means the same.
func keepsAssignedBefore(ctx context.Context, o order) {
	ctx = context.WithValue(ctx, userKey{}, o.id)
	o = order{"1"}
	go save(ctx, o) // want `goroutine outlives`
}

func keepsLoopVariables(ctx context.Context, orders []order) {
	for i, o := range orders {
		if i > 0 {
			go save(ctx, o) // want `goroutine outlives`
		}
	}
	for i := 0; i < len(orders); i++ {
		go countOrders(ctx, i) // want `goroutine outlives`
	}
}

func keepsDeclaredInLoop(ctx context.Context, ids []string) {
	for _, id := range ids {
		o := order{id}
		ctx := context.WithValue(ctx, userKey{}, id)
		go save(ctx, o) // want `goroutine outlives`
	}
}

func variadic(ctx context.Context, ids ...string) { _ = save(ctx, order{ids[0]}) }

func bindsVariadic(ctx context.Context, s *service) {
	go variadic(ctx, s.latest.id, "2") // want `goroutine outlives`
}

func each[T any](ctx context.Context, list []T, f func(context.Context, T)) {
	for _, v := range list {
		f(ctx, v)
	}
}

func keepsTypeArguments(ctx context.Context, list []int, f func(context.Context, int)) {
	go each[int](ctx, list, f) // want `goroutine outlives`
}

func keepsMethodExpression(ctx context.Context, s *service, o order) {
	go (*service).save(s, ctx, o) // want `goroutine outlives`
}

// A deadline set here is repeated.

func repeatsDeadline(ctx context.Context, o order) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	go save(ctx, o) // want `which the deferred cancel ends`
}

const patience = 3 * time.Second

func repeatsDeadlineCancelledInside(ctx context.Context, o order) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	go func() { // want `goroutine outlives`
		defer cancel()
		_ = save(ctx, o)
	}()
}

// counter has methods on its address.
type counter struct{ n [8]int }

func (c *counter) count(ctx context.Context) { _ = save(ctx, order{}) }

func bindsAddressOfElement(ctx context.Context, counters []counter, i int) {
	go counters[i].count(ctx) // want `goroutine outlives`
}

func bindsCopiedReceiver(ctx context.Context, s *service) {
	go s.writer.copied(ctx, order{}) // want `goroutine outlives`
}

func keepsSpread(ctx context.Context, ids ...string) {
	go variadic(ctx, ids...) // want `goroutine outlives`
}
