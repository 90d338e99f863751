// Package docs is where the examples of the rule's documentation are tried.
package docs

import (
	_ "context"

	"go.opentelemetry.io/otel/sdk/trace"
)

var exporter trace.SpanExporter
