// Package launchers keeps the modules whose launchers otelapi knows in go.mod.
// They are heavier than what the rules' testdata needs, so they have a module
// of their own.
package launchers

import (
	_ "github.com/alitto/pond"
	_ "github.com/alitto/pond/v2"
	_ "github.com/gammazero/workerpool"
	_ "github.com/golang/groupcache/singleflight"
	_ "github.com/hashicorp/go-multierror"
	_ "github.com/oklog/run"
	_ "github.com/panjf2000/ants/v2"
	_ "github.com/robfig/cron/v3"
	_ "github.com/sourcegraph/conc"
	_ "github.com/sourcegraph/conc/iter"
	_ "github.com/sourcegraph/conc/panics"
	_ "github.com/sourcegraph/conc/pool"
	_ "github.com/sourcegraph/conc/stream"
	_ "go.opentelemetry.io/collector/component"
	_ "go.opentelemetry.io/otel/sdk/trace"
	_ "go.opentelemetry.io/otel/trace"
	_ "go.uber.org/fx"
	_ "golang.org/x/sync/errgroup"
	_ "golang.org/x/sync/semaphore"
	_ "golang.org/x/sync/singleflight"
	_ "google.golang.org/grpc"
	_ "resenje.org/singleflight"
)
