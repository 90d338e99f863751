package spanname

import (
	"context"

	"github.com/nats-io/nats.go"
	"github.com/segmentio/kafka-go"
	"google.golang.org/grpc/health/grpc_health_v1"
)

func variableMessageKey(ctx context.Context, m kafka.Message) error {
	ctx, span := tracer.Start(ctx, "process "+string(m.Key)) // want `span name contains m.Key`
	defer span.End()
	return work(ctx)
}

func variableReply(m *nats.Msg) {
	_, span := tracer.Start(context.Background(), "reply "+m.Reply) // want `span name contains m.Reply`
	defer span.End()
}

// There are as many topics and subjects as somebody has set up.
func silentTopic(ctx context.Context, m kafka.Message, n *nats.Msg) {
	_, span := tracer.Start(ctx, "process "+m.Topic)
	defer span.End()
	span.SetName("process " + n.Subject)
}

type health struct{}

func (health) Check(ctx context.Context, in *grpc_health_v1.HealthCheckRequest) (*grpc_health_v1.HealthCheckResponse, error) {
	_, span := tracer.Start(ctx, "check "+in.Service) // want `span name contains in.Service`
	defer span.End()
	span.SetName("check again " + in.GetService()) // want `span name contains in.GetService\(\)`
	return &grpc_health_v1.HealthCheckResponse{}, nil
}

// An enumeration of the message's.
func (health) status(ctx context.Context, in *grpc_health_v1.HealthCheckResponse) (*grpc_health_v1.HealthCheckResponse, error) {
	_, span := tracer.Start(ctx, "status "+in.Status.String())
	defer span.End()
	return in, nil
}

// Nobody has called for this message.
func silentOfMessage(ctx context.Context, in *grpc_health_v1.HealthCheckRequest) {
	_, span := tracer.Start(ctx, "note "+in.Service)
	defer span.End()
}
