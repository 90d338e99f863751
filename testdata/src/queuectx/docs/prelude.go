// Package docs is where the examples of the rule's documentation are tried.
package docs

import (
	_ "context"

	"github.com/segmentio/kafka-go"
	"go.opentelemetry.io/otel"
	_ "go.opentelemetry.io/otel/propagation"
	_ "go.opentelemetry.io/otel/trace"
)

var tracer = otel.Tracer("src/queuectx/docs")

type producer struct{ writer *kafka.Writer }
