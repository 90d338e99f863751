package tracesetup

import (
	"errors"
	"os"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

type sampling struct {
	FollowParent bool
	Share        float64
	Kind         string
}

// Who makes both samplers leaves it to the configuration which one it is.
func silentByElse(cfg sampling) []sdktrace.TracerProviderOption {
	var opts []sdktrace.TracerProviderOption
	if cfg.FollowParent {
		opts = append(opts, sdktrace.WithSampler(sdktrace.ParentBased(sdktrace.TraceIDRatioBased(cfg.Share))))
	} else {
		opts = append(opts, sdktrace.WithSampler(sdktrace.TraceIDRatioBased(cfg.Share)))
	}
	return opts
}

func silentByElseIf(cfg sampling) (opt sdktrace.TracerProviderOption) {
	if cfg.Share == 0 {
		opt = sdktrace.WithSampler(sdktrace.NeverSample())
	} else if !cfg.FollowParent {
		opt = sdktrace.WithSampler(sdktrace.TraceIDRatioBased(cfg.Share))
	} else {
		ratio := sdktrace.TraceIDRatioBased(cfg.Share)
		opt = sdktrace.WithSampler(sdktrace.ParentBased(ratio))
	}
	return opt
}

func silentByEarlyReturn(cfg sampling) sdktrace.TracerProviderOption {
	ratio := sdktrace.TraceIDRatioBased(cfg.Share)
	if cfg.FollowParent {
		return sdktrace.WithSampler(sdktrace.ParentBased(ratio))
	}
	return sdktrace.WithSampler(ratio)
}

func silentByEarlyReturnOfTheRatio(cfg sampling) (sdktrace.TracerProviderOption, error) {
	if cfg.Share > 1 {
		return nil, errors.New("more than all")
	}
	if !cfg.FollowParent {
		return sdktrace.WithSampler(sdktrace.TraceIDRatioBased(cfg.Share)), nil
	}
	return sdktrace.WithSampler(sdktrace.ParentBased(sdktrace.TraceIDRatioBased(cfg.Share))), nil
}

func silentBySwitch(share float64) sdktrace.TracerProviderOption {
	switch os.Getenv("TRACES_SAMPLER") {
	case "always_on":
		return sdktrace.WithSampler(sdktrace.AlwaysSample())
	case "traceidratio":
		return sdktrace.WithSampler(sdktrace.TraceIDRatioBased(share))
	case "parentbased_traceidratio":
		return sdktrace.WithSampler(sdktrace.ParentBased(sdktrace.TraceIDRatioBased(share)))
	}
	return sdktrace.WithSampler(sdktrace.NeverSample())
}

func silentBySwitchInALoop(settings map[string]string, share float64) []sdktrace.TracerProviderOption {
	var opts []sdktrace.TracerProviderOption
	for _, value := range settings {
		switch value {
		case "traceidratio":
			opts = append(opts, sdktrace.WithSampler(sdktrace.TraceIDRatioBased(share)))
		case "parentbased_traceidratio":
			opts = append(opts, sdktrace.WithSampler(sdktrace.ParentBased(sdktrace.TraceIDRatioBased(share))))
		}
	}
	return opts
}

func silentByTypeSwitch(kind any, share float64) sdktrace.TracerProviderOption {
	var sampler sdktrace.TracerProviderOption
	switch kind.(type) {
	case int:
		sampler = sdktrace.WithSampler(sdktrace.TraceIDRatioBased(share))
	default:
		sampler = sdktrace.WithSampler(sdktrace.ParentBased(sdktrace.AlwaysSample()))
	}
	return sampler
}

// The last sampler that a provider is given counts.
func silentByDefault(cfg sampling) []sdktrace.TracerProviderOption {
	opts := []sdktrace.TracerProviderOption{sdktrace.WithSampler(sdktrace.TraceIDRatioBased(cfg.Share))}
	if cfg.FollowParent {
		opts = append(opts, sdktrace.WithSampler(sdktrace.ParentBased(sdktrace.TraceIDRatioBased(cfg.Share))))
	}
	return opts
}

func silentByMap(kind string) sdktrace.TracerProviderOption {
	return map[string]sdktrace.TracerProviderOption{
		"traceidratio":             sdktrace.WithSampler(sdktrace.TraceIDRatioBased(0.1)),
		"parentbased_traceidratio": sdktrace.WithSampler(sdktrace.ParentBased(sdktrace.TraceIDRatioBased(0.1))),
	}[kind]
}

var silentByTable = map[string]func(share float64) sdktrace.TracerProviderOption{
	"traceidratio": func(share float64) sdktrace.TracerProviderOption {
		return sdktrace.WithSampler(sdktrace.TraceIDRatioBased(share))
	},
	"parentbased_traceidratio": func(share float64) sdktrace.TracerProviderOption {
		return sdktrace.WithSampler(sdktrace.ParentBased(sdktrace.TraceIDRatioBased(share)))
	},
}

var silentByRows = []struct {
	name   string
	option func(share float64) sdktrace.TracerProviderOption
}{
	{"traceidratio", bareRatio},
	{"parentbased_traceidratio", ratioBelowParent},
}

func bareRatio(share float64) sdktrace.TracerProviderOption {
	return sdktrace.WithSampler(sdktrace.TraceIDRatioBased(share))
}

func ratioBelowParent(share float64) sdktrace.TracerProviderOption {
	return sdktrace.WithSampler(sdktrace.ParentBased(sdktrace.TraceIDRatioBased(share)))
}

func silentByRegistry(register map[string]func() sdktrace.TracerProviderOption) {
	register["traceidratio"] = func() sdktrace.TracerProviderOption {
		return sdktrace.WithSampler(sdktrace.TraceIDRatioBased(0.1))
	}
	register["parentbased_traceidratio"] = func() sdktrace.TracerProviderOption { return ratioBelowParent(0.1) }
}

func silentByCaller(cfg sampling) sdktrace.TracerProviderOption {
	make := ratioBelowParent
	if !cfg.FollowParent {
		make = ratioOfCaller
	}
	return make(cfg.Share)
}

func ratioOfCaller(share float64) sdktrace.TracerProviderOption {
	return sdktrace.WithSampler(sdktrace.TraceIDRatioBased(share))
}

func silentByClosure(cfg sampling) func() *sdktrace.TracerProvider {
	if cfg.FollowParent {
		return func() *sdktrace.TracerProvider { return sdktrace.NewTracerProvider(ratioBelowParent(cfg.Share)) }
	}
	return func() *sdktrace.TracerProvider {
		return sdktrace.NewTracerProvider(sdktrace.WithSampler(sdktrace.TraceIDRatioBased(cfg.Share)))
	}
}

func silentByPick(cfg sampling) sdktrace.TracerProviderOption {
	return pick(cfg.FollowParent,
		sdktrace.WithSampler(sdktrace.ParentBased(sdktrace.TraceIDRatioBased(cfg.Share))),
		sdktrace.WithSampler(sdktrace.TraceIDRatioBased(cfg.Share)))
}

func pick[T any](yes bool, a, b T) T {
	if yes {
		return a
	}
	return b
}

// No side of the decision asks the parent.
func chosenByShare(cfg sampling) sdktrace.TracerProviderOption {
	if cfg.Share >= 1 {
		return sdktrace.WithSampler(sdktrace.AlwaysSample())
	}
	return sdktrace.WithSampler(sdktrace.TraceIDRatioBased(cfg.Share)) // want "a ratio without ParentBased drops spans"
}

// The decision is how many, and on one of its sides parents are forgotten.
func forgottenOnOneSide(cfg sampling) sdktrace.TracerProviderOption {
	if cfg.Share >= 1 {
		return sdktrace.WithSampler(sdktrace.ParentBased(sdktrace.AlwaysSample()))
	}
	return sdktrace.WithSampler(sdktrace.TraceIDRatioBased(cfg.Share)) // want "a ratio without ParentBased drops spans"
}

func forgottenInACase(share float64) (opt sdktrace.TracerProviderOption) {
	switch {
	case share <= 0:
		opt = sdktrace.WithSampler(sdktrace.ParentBased(sdktrace.NeverSample()))
	default:
		opt = sdktrace.WithSampler(sdktrace.TraceIDRatioBased(share)) // want "a ratio without ParentBased drops spans"
	}
	return opt
}

// Two providers, and no decision between them.
func besideAnother(share float64) (front, back *sdktrace.TracerProvider) {
	front = sdktrace.NewTracerProvider(sdktrace.WithSampler(sdktrace.ParentBased(sdktrace.TraceIDRatioBased(share))))
	back = sdktrace.NewTracerProvider(sdktrace.WithSampler(sdktrace.TraceIDRatioBased(share))) // want "a ratio without ParentBased drops spans"
	return front, back
}

func otherDecisionThanAnother(cfg sampling) (front, back *sdktrace.TracerProvider) {
	if cfg.FollowParent {
		front = sdktrace.NewTracerProvider(sdktrace.WithSampler(sdktrace.ParentBased(sdktrace.TraceIDRatioBased(cfg.Share))))
	}
	if cfg.Kind == "back" {
		back = sdktrace.NewTracerProvider(sdktrace.WithSampler(sdktrace.TraceIDRatioBased(cfg.Share))) // want "a ratio without ParentBased drops spans"
	}
	return front, back
}

// What is listed is applied, one after the other.
func listed(share float64) []sdktrace.TracerProviderOption {
	return []sdktrace.TracerProviderOption{
		ratioBelowParent(share),
		sdktrace.WithSampler(sdktrace.TraceIDRatioBased(share)), // want "a ratio without ParentBased drops spans"
	}
}

// The one caller decides nothing.
func undecided(cfg sampling) []sdktrace.TracerProviderOption {
	if cfg.FollowParent {
		cfg.Share /= 2
	}
	return []sdktrace.TracerProviderOption{ratioOfUndecided(cfg.Share)}
}

func ratioOfUndecided(share float64) sdktrace.TracerProviderOption {
	return sdktrace.WithSampler(sdktrace.TraceIDRatioBased(share)) // want "a ratio without ParentBased drops spans"
}

// Which program runs is no decision about samplers.
func programs(name string) *sdktrace.TracerProvider {
	if name == "server" {
		return serverProvider()
	}
	return workerProvider()
}

func serverProvider() *sdktrace.TracerProvider {
	return sdktrace.NewTracerProvider(sdktrace.WithSampler(sdktrace.ParentBased(sdktrace.TraceIDRatioBased(0.1))))
}

func workerProvider() *sdktrace.TracerProvider {
	return sdktrace.NewTracerProvider(sdktrace.WithSampler(sdktrace.TraceIDRatioBased(0.1))) // want "a ratio without ParentBased drops spans"
}
