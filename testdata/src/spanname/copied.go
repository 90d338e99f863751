package spanname

import "context"

type store struct{}

func (s *store) Get(ctx context.Context, id string) error {
	ctx, span := tracer.Start(ctx, "store.Get")
	defer span.End()
	return work(ctx)
}

func (s *store) Delete(ctx context.Context, id string) error {
	ctx, span := tracer.Start(ctx, "store.Get") // want `span of store.Delete has the name of store.Get, so the two cannot be told apart`
	defer span.End()
	return work(ctx)
}

func ListOrders(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "ListOrders")
	defer span.End()
	return work(ctx)
}

func CountOrders(ctx context.Context) error {
	ctx, span := start(ctx, "ListOrders")
	defer span.End()
	return work(ctx)
}

func CancelOrders(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "ListOrders") // want `span of CancelOrders has the name of ListOrders`
	defer span.End()
	return work(ctx)
}

type cache struct{}

func (c *cache) Get(ctx context.Context, id string) error {
	ctx, span := tracer.Start(ctx, "store.Get") // want `span of cache.Get has the name of store.Get`
	defer span.End()
	return work(ctx)
}

func CreateUser(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "users.create")
	defer span.End()
	return work(ctx)
}

func UpdateUser(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "users.create") // want `span of UpdateUser has the name of CreateUser`
	defer span.End()
	return work(ctx)
}

// A variant of the same.
func CreateUsers(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "users.create")
	defer span.End()
	return work(ctx)
}

func (c *cache) Flush(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "cache: flush")
	defer span.End()
	return work(ctx)
}

func (c *cache) Fill(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "cache: flush") // want `span of cache.Fill has the name of cache.Flush`
	defer span.End()
	return work(ctx)
}

func Rebuild(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "spanname rebuild")
	defer span.End()
	return work(ctx)
}

func Repair(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "spanname rebuild") // want `span of Repair has the name of Rebuild`
	defer span.End()
	return work(ctx)
}
