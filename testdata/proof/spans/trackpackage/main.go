// Trackpackage has a group that main waits for, and leaves out some of the
// work.
package main

import (
	"context"
	"net/http"
	"sync"
	"time"

	"go.opentelemetry.io/otel"

	"proof/spans/probe"
)

var (
	tracer     = otel.Tracer("trackpackage")
	background sync.WaitGroup
)

func handle(w http.ResponseWriter, r *http.Request) {
	go notify(r.Context())
}

func notify(ctx context.Context) { probe.Call(ctx, "mail") }

func warm() { time.Sleep(time.Millisecond) }

func main() {
	background.Go(warm)
	probe.Serve(handle, background.Wait)
}
