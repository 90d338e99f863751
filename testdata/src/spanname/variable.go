package spanname

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
)

func variablePath(w http.ResponseWriter, r *http.Request) {
	_, span := tracer.Start(r.Context(), r.Method+" "+r.URL.Path) // want `span name contains r.Method, so there are as many names as values`
	defer span.End()
}

func variableWholeName(w http.ResponseWriter, r *http.Request) {
	_, span := tracer.Start(r.Context(), r.URL.Path) // want `span name contains r.URL.Path`
	defer span.End()
}

func variablePathValue(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	_, span := tracer.Start(r.Context(), fmt.Sprintf("order %s", id)) // want `span name contains r.PathValue\("id"\)`
	defer span.End()
}

func variableInVariable(w http.ResponseWriter, r *http.Request) {
	name := "order"
	if q := r.URL.Query().Get("q"); q != "" {
		name += " " + strings.ToLower(q)
	}
	_, span := tracer.Start(r.Context(), name) // want `span name contains r.URL.Query\(\).Get\("q"\)`
	defer span.End()
}

func variableByHelper(w http.ResponseWriter, r *http.Request) {
	_, span := tracer.Start(r.Context(), nameOf(r)) // want `span name contains nameOf\(r\)`
	defer span.End()
}

func nameOf(r *http.Request) string { return "GET " + r.URL.Path }

// Nobody in view calls it, and it starts the span for itself.
func variableParameter(ctx context.Context, id string) error {
	ctx, span := tracer.Start(ctx, "order/"+id) // want `span name contains id`
	defer span.End()
	return work(ctx)
}

func variableElement(ctx context.Context, ids []string) {
	for _, id := range ids {
		_, span := tracer.Start(ctx, "order "+id) // want `span name contains id`
		span.End()
	}
}

func variableNumber(ctx context.Context, n int) {
	for i := range n {
		_, span := tracer.Start(ctx, "attempt "+strconv.Itoa(i)) // want `span name contains i,`
		span.End()
	}
}

func variableTime(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, fmt.Sprintf("run at %v", time.Now())) // want `span name contains time.Now\(\)`
	defer span.End()
	return work(ctx)
}

func variableError(ctx context.Context) {
	err := work(ctx)
	_, span := tracer.Start(ctx, fmt.Sprintf("failed: %v", err)) // want `span name contains err`
	defer span.End()
}

func variableToWrapper(w http.ResponseWriter, r *http.Request) {
	_, span := start(r.Context(), r.URL.Path) // want `r.URL.Path becomes part of a span name in start`
	defer span.End()
}

func variableToCallback(w http.ResponseWriter, r *http.Request) {
	_ = run(r.Context(), "get "+r.PathValue("id"), work) // want `becomes part of a span name in run`
}

func variableSetName(w http.ResponseWriter, r *http.Request) {
	_, span := tracer.Start(r.Context(), "request")
	defer span.End()
	span.SetName("request " + r.URL.Path) // want `span name contains r.URL.Path`
}

func variableInLiteral(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, span := tracer.Start(r.Context(), r.Method+" "+r.Pattern) // want `span name contains r.Method`
		defer span.End()
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

func variableFormatter(h http.Handler) http.Handler {
	return otelhttp.NewHandler(h, "server", otelhttp.WithSpanNameFormatter(func(operation string, r *http.Request) string {
		if r.Pattern != "" {
			return operation + " " + r.Pattern
		}
		return r.Method + " " + r.URL.Path // want `span name contains r.URL.Path`
	}))
}

// Numbers that a function is given are data, whatever its callers have.

func lookUp(ctx context.Context, key string) {
	ctx, span := tracer.Start(ctx, "cache "+key)
	defer span.End()
	_ = ctx.Err()
}

func variableGivenNumber(ctx context.Context, id int) {
	lookUp(ctx, fmt.Sprintf("user:%d", id)) // want `id becomes part of a span name in lookUp`
}

func variableGivenInPlace(ctx context.Context, id int64) {
	_, span := tracer.Start(ctx, "user "+strconv.FormatInt(id, 10)) // want `span name contains`
	defer span.End()
}

type stage int

func silentStage(ctx context.Context, s stage) {
	lookUp(ctx, fmt.Sprintf("stage %d", s))
}

func silentTable(ctx context.Context, table string) {
	lookUp(ctx, "table "+table)
}

func silentConstantNumber(ctx context.Context) {
	lookUp(ctx, fmt.Sprintf("shard:%d", 1))
	silentTable(ctx, "orders")
}
