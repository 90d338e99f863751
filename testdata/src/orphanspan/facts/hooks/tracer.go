package hooks

import "go.opentelemetry.io/otel"

var tracer = otel.Tracer("hooks")
