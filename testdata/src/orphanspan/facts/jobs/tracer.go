package jobs

import "go.opentelemetry.io/otel"

var tracer = otel.Tracer("jobs")
