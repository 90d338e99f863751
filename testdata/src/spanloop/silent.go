package spanloop

import (
	"context"
	"net/http"
	"time"
)

// A round that does something worth a span.
func silentIO(ctx context.Context, urls []string) {
	for _, url := range urls {
		_, span := tracer.Start(ctx, "get")
		resp, err := http.Get(url)
		if err == nil {
			_ = resp.Body.Close()
		}
		span.End()
	}
}

func silentUnknown(ctx context.Context, urls []string, get func(string)) {
	for _, url := range urls {
		_, span := tracer.Start(ctx, "get")
		get(url)
		span.End()
	}
}

func silentChannel(ctx context.Context, jobs chan int) (n int) {
	for job := range jobs {
		_, span := tracer.Start(ctx, "job")
		n += job
		span.End()
	}
	for {
		_, span := tracer.Start(ctx, "wait")
		n += <-jobs
		span.End()
	}
}

func silentSleep(ctx context.Context, n int) {
	for range n {
		_, span := tracer.Start(ctx, "tick")
		time.Sleep(time.Second)
		span.End()
	}
}

// Few rounds, all of them known.
func silentFew(ctx context.Context) (n int) {
	for i := 0; i < 3; i++ {
		_, span := tracer.Start(ctx, "phase")
		n += i
		span.End()
	}
	for _, v := range []int{1, 2} {
		_, span := tracer.Start(ctx, "phase")
		n += v
		span.End()
	}
	for range 2 {
		_, span := tracer.Start(ctx, "phase")
		n++
		span.End()
	}
	return n
}

// One span around the loop.
func silentOutside(ctx context.Context, values []int) (n int) {
	_, span := tracer.Start(ctx, "sum")
	defer span.End()
	for _, v := range values {
		n += v
	}
	return n
}
