// Package hooks has a client that may carry traces by itself.
package hooks

import (
	"context"

	"github.com/twmb/franz-go/pkg/kgo"
	"go.opentelemetry.io/otel"
)

func client(hook kgo.Hook) (*kgo.Client, error) { return kgo.NewClient(kgo.WithHooks(hook)) }

func silentBehindAHook(ctx context.Context, cl *kgo.Client, body []byte) error {
	ctx, span := otel.Tracer("hooks").Start(ctx, "send")
	defer span.End()
	return cl.ProduceSync(ctx, &kgo.Record{Value: body}).FirstErr()
}
