package exitflush

import (
	"context"
	"errors"

	"go.opentelemetry.io/otel"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// Constructors of providers that others call, who may ask what they get for a
// Shutdown.

type constructor func(conf string) (trace.TracerProvider, error)

var constructors = map[string]constructor{
	"map": silentInAMap,
	"literal": func(string) (trace.TracerProvider, error) {
		return sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter)), nil
	},
}

func register(name string, c constructor) { constructors[name] = c }

func init() {
	register("registered", silentHandedOver)
	register("literal", func(conf string) (trace.TracerProvider, error) {
		if conf == "" {
			return nil, errors.New("no configuration")
		}
		return sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter)), nil
	})
	register("called", func(conf string) (trace.TracerProvider, error) { return silentCalledByLiteral(conf) })
	register("wrapped", func(conf string) (trace.TracerProvider, error) {
		tp, err := silentCalledDeeper(conf)
		if err != nil {
			return nil, err
		}
		return tp, nil
	})
	p := &plugin{}
	register("method", p.silentMethod)
	byVariable := silentByVariable
	register("variable", byVariable)
	p.make = silentInAField
}

func silentInAMap(conf string) (trace.TracerProvider, error) {
	return sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter)), nil
}

func silentHandedOver(conf string) (trace.TracerProvider, error) {
	tp := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter))
	return tp, nil
}

func silentCalledByLiteral(conf string) (trace.TracerProvider, error) {
	return sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter)), nil
}

func silentCalledDeeper(conf string) (trace.TracerProvider, error) { return silentDeeper(conf), nil }

func silentDeeper(conf string) trace.TracerProvider {
	return sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter))
}

func silentByVariable(conf string) (trace.TracerProvider, error) {
	return sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter)), nil
}

type plugin struct {
	make     constructor
	provider trace.TracerProvider
}

func silentInAField(conf string) (trace.TracerProvider, error) {
	return sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter)), nil
}

func (p *plugin) silentMethod(conf string) (trace.TracerProvider, error) {
	return sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter)), nil
}

// Called here alone, and by nobody who could shut it down.
func calledHere(conf string) trace.TracerProvider {
	return sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter)) // want "the provider is kept as trace.TracerProvider, which cannot be shut down"
}

func usesCalledHere() {
	local := func() trace.TracerProvider {
		return sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter)) // want "the provider is kept as trace.TracerProvider"
	}
	otel.SetTracerProvider(calledHere(""))
	otel.SetTracerProvider(local())
}

// New is called elsewhere, where nothing says that it has to be shut down.
func New(conf string) (trace.TracerProvider, error) {
	return sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter)), nil // want "the provider is kept as trace.TracerProvider"
}

// The one before is shut down, and the last one never.
func (p *plugin) reload(ctx context.Context) {
	tp := replacing()
	if old, ok := p.provider.(*sdktrace.TracerProvider); ok {
		_ = old.Shutdown(ctx)
	}
	p.provider = tp
}

func replacing() trace.TracerProvider {
	return sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter)) // want "the provider is kept as trace.TracerProvider"
}
