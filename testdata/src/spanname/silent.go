package spanname

import (
	"context"
	"fmt"
	"net/http"
	"reflect"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
)

func silentConstant(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "svc"+"."+"constant")
	defer span.End()
	return work(ctx)
}

func silentPattern(w http.ResponseWriter, r *http.Request) {
	_, span := tracer.Start(r.Context(), r.Pattern)
	defer span.End()
}

// One of a few methods.
func silentMethod(w http.ResponseWriter, r *http.Request) {
	_, span := tracer.Start(r.Context(), method(r)+" "+r.Pattern)
	defer span.End()
}

func method(r *http.Request) string {
	switch r.Method {
	case http.MethodGet, http.MethodPost:
		return "HTTP"
	}
	return "OTHER"
}

// The program's own requests have the methods that it writes.
func silentOutgoing(ctx context.Context, req *http.Request) {
	_, span := tracer.Start(ctx, "HTTP "+req.Method)
	defer span.End()
}

// A router that has matched a template answers to the methods that it knows.
func silentTemplate(w http.ResponseWriter, r *http.Request, template func(*http.Request) string) {
	ctx, span := tracer.Start(r.Context(), r.Method+" "+template(r))
	defer span.End()
	route := template(r)
	_, inner := tracer.Start(ctx, fmt.Sprintf("%s %s", r.Method, route))
	inner.End()
}

func silentEnum(ctx context.Context, o order) {
	_, span := tracer.Start(ctx, "order "+o.state.String())
	defer span.End()
	_, span = tracer.Start(ctx, fmt.Sprintf("order %v", o.state))
	defer span.End()
}

func silentSwitch(ctx context.Context, o order) {
	name := "order.other"
	switch o.state {
	case idle:
		name = "order.idle"
	case busy:
		name = "order.busy"
	}
	_, span := tracer.Start(ctx, name)
	defer span.End()
}

func silentChosen(ctx context.Context, names map[state]string) {
	for _, name := range []string{"a", "b"} {
		_, span := tracer.Start(ctx, "phase."+name)
		span.End()
	}
	_, span := tracer.Start(ctx, names[idle])
	defer span.End()
}

// Set once, when the service was made.
func (s *service) silentField(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, s.name+".work")
	defer span.End()
	return run(ctx, fmt.Sprintf("shard-%d", s.shard), work)
}

// What kinds of orders there are the user has written down.
func silentSchema(ctx context.Context, orders []order) {
	for _, o := range orders {
		_, span := tracer.Start(ctx, "order."+o.kind)
		span.End()
	}
}

func silentType(ctx context.Context, v any) {
	_, span := tracer.Start(ctx, fmt.Sprintf("handle %T", v))
	defer span.End()
	_, span = tracer.Start(ctx, "handle "+reflect.TypeOf(v).Name())
	defer span.End()
}

// All callers say constants.
func silentStep(ctx context.Context, step string) error {
	ctx, span := tracer.Start(ctx, "step."+step)
	defer span.End()
	return work(ctx)
}

func silentSteps(ctx context.Context) error {
	if err := silentStep(ctx, "first"); err != nil {
		return err
	}
	return silentStep(ctx, "second")
}

func silentWrapped(ctx context.Context) error {
	return run(ctx, "wrapped", func(ctx context.Context) error {
		ctx, span := start(ctx, "inner", trace.WithSpanKind(trace.SpanKindInternal))
		defer span.End()
		return work(ctx)
	})
}

// The same step of the work.
func silentHelper(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "silentHelper")
	defer span.End()
	return silentHelperLocked(ctx)
}

func silentHelperLocked(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "silentHelper")
	defer span.End()
	return work(ctx)
}

// Told apart by an attribute.
func Export(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "Export", trace.WithAttributes(attribute.String("format", "csv")))
	defer span.End()
	return work(ctx)
}

func ExportJSON(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "Export", trace.WithAttributes(attribute.String("format", "json")))
	defer span.End()
	return work(ctx)
}

// A name that is no function's is a choice.
func silentQueryOne(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "query")
	defer span.End()
	return work(ctx)
}

func silentQueryAll(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "query")
	defer span.End()
	return work(ctx)
}

// A phrase that ends in the name of a function, and what a protocol calls it.
func wait(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "queue wait")
	defer span.End()
	return work(ctx)
}

func silentPhrase(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "queue wait")
	defer span.End()
	return work(ctx)
}

func get(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "HTTP GET")
	defer span.End()
	return work(ctx)
}

func silentProtocol(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "HTTP GET")
	defer span.End()
	return work(ctx)
}
