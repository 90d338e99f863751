package spanend

import (
	"context"
	"io"

	"go.opentelemetry.io/otel/trace"
)

// A tracedReader notes on its span what it reads.
type tracedReader struct {
	io.ReadCloser
	opened trace.Span
}

func (r *tracedReader) Read(p []byte) (int, error) {
	n, err := r.ReadCloser.Read(p)
	r.opened.AddEvent("read")
	return n, err
}

func objectThatAnnotates(ctx context.Context, open func(context.Context) (io.ReadCloser, error)) (io.ReadCloser, error) {
	ctx, span := tracer.Start(ctx, "open")
	defer span.End() // want `span is ended here, but the object that leaves the function still works under it`
	body, err := open(ctx)
	if err != nil {
		return nil, err
	}
	return &tracedReader{body, span}, nil
}

// A closingReader ends its span.
type closingReader struct {
	io.ReadCloser
	span trace.Span
}

func (r closingReader) Close() error {
	defer r.span.End()
	return r.ReadCloser.Close()
}

func objectThatEnds(ctx context.Context, open func(context.Context) (io.ReadCloser, error)) (io.ReadCloser, error) {
	ctx, span := tracer.Start(ctx, "open and close")
	defer span.End() // want `span is ended here, but the object that leaves the function still works under it`
	body, err := open(ctx)
	if err != nil {
		return nil, err
	}
	return closingReader{ReadCloser: body, span: span}, nil
}

// Only where nothing leaves.
func silentObjectEndedOnFailure(ctx context.Context, open func(context.Context) (io.ReadCloser, error)) (_ io.ReadCloser, err error) {
	ctx, span := tracer.Start(ctx, "open or fail")
	defer func() {
		if err != nil {
			span.End()
		}
	}()
	body, err := open(ctx)
	if err != nil {
		return nil, err
	}
	return closingReader{body, span}, nil
}

func silentObjectEndedByHand(ctx context.Context, open func(context.Context) (io.ReadCloser, error)) (io.ReadCloser, error) {
	ctx, span := tracer.Start(ctx, "open by hand")
	body, err := open(ctx)
	if err != nil {
		span.End()
		return nil, err
	}
	return closingReader{body, span}, nil
}

// An identified object reads what identifies the span, which is there for ever.
type identified struct{ of trace.Span }

func (i identified) id() string { return i.of.SpanContext().TraceID().String() }

func silentObjectThatReads(ctx context.Context) identified {
	_, span := tracer.Start(ctx, "identify")
	defer span.End()
	return identified{span}
}

// The object stays here.
func silentObjectOfTheFunction(ctx context.Context, body io.ReadCloser) ([]byte, error) {
	_, span := tracer.Start(ctx, "read all")
	defer span.End()
	r := &tracedReader{body, span}
	return io.ReadAll(r)
}
