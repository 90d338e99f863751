package orphanspan

import (
	"context"
	"net/http"
	"sync"

	"golang.org/x/sync/singleflight"
)

// What the rule does not see. Silence is the default.

// A context whose address is taken can be assigned anywhere.
func limitAddressed(ctx context.Context, o order) {
	p := &ctx
	go func() { _ = db.Save(*p, o) }()
}

// A map may hold anybody's context.
func limitInMap(ctx context.Context, o order) {
	contexts := map[string]context.Context{o.id: ctx}
	go func() { _ = db.Save(contexts[o.id], o) }()
}

// The struct is filled elsewhere; whoever does that decides.
func limitField(c *call) {
	go func() { _ = work(c.ctx) }()
}

// A function that is used as a value may be called with any context.
func limitRegistered(register func(func(ctx context.Context))) {
	register(func(ctx context.Context) { go work(ctx) })
}

// One caller has a context that lasts. Which of them is meant is not ours to say.
func limitMixedCallers(ctx context.Context) {
	refresh(ctx)
	refresh(context.Background())
}

func refresh(ctx context.Context) { go work(ctx) }

// A proven request is proven for all its callers.
func limitProvenAndLasting(w http.ResponseWriter, r *http.Request) { reload(r.Context()) }

func reloadAtStart() { reload(context.Background()) }

func reload(ctx context.Context) {
	go work(ctx) // want `goroutine outlives the request`
}

// The wait is under a condition, and that is how the author decides.
func limitMayWait(ctx context.Context, o order, wait bool) {
	var wg sync.WaitGroup
	wg.Go(func() { notify(ctx, o) })
	if wait {
		wg.Wait()
	}
}

// What is counted is not compared with what is waited for.
func limitTooFewReceives(ctx context.Context, orders []order) error {
	errs := make(chan error, len(orders))
	for _, o := range orders {
		go func() { errs <- db.Save(ctx, o) }()
	}
	return <-errs
}

// The key may tell the callers apart, one by one.
func limitSharedOnKeyOfCaller(ctx context.Context, g *singleflight.Group, user string) (any, error) {
	v, err, _ := g.Do(user, func() (any, error) {
		return db.Load(ctx, user) // want `work shared by all callers`
	})
	return v, err
}

// Somebody may wait for what is handed to a function that is not in view.
func limitHandedToUnknown(ctx context.Context, o order, watch func(<-chan error)) {
	done := make(chan error, 1)
	go func() { done <- db.Save(ctx, o) }()
	watch(done)
}
