package orphanspan

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"time"
)

// What is cancelled by hand cannot be read by whoever gets it.

func canceledByHand(ctx context.Context, url string) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		cancel()
		return nil, err
	}
	resp, err := client.Do(req)
	cancel() // want `this cancels the context of req before canceledByHand returns, but what it returns still depends on it`
	return resp, err
}

type wrapped struct{ *http.Response }

func canceledByHandIfTimed(ctx context.Context, url string, timeout time.Duration) (*wrapped, error) {
	var cancel context.CancelFunc
	if timeout > 0 {
		ctx, cancel = context.WithTimeout(ctx, timeout)
	}
	var result *wrapped
	resp, err := client.Do(get(ctx, url))
	if cancel != nil {
		cancel() // want `this cancels .* before canceledByHandIfTimed returns, but what it returns still depends on it`
	}
	if resp != nil {
		result = &wrapped{Response: resp}
	}
	if err != nil {
		return result, err
	}
	return result, nil
}

func canceledByHandEachTry(ctx context.Context, url string) (*http.Response, error) {
	var last error
	for range 3 {
		ctx, cancel := context.WithTimeout(ctx, time.Minute)
		resp, err := client.Do(get(ctx, url))
		cancel() // want `this cancels .* before canceledByHandEachTry returns`
		if err == nil {
			return resp, nil
		}
		last = err
	}
	return nil, last
}

// Where there is an error there is nothing to read.
func silentCanceledOnError(ctx context.Context, url string) (*http.Response, context.CancelFunc, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	resp, err := client.Do(get(ctx, url))
	if err != nil {
		cancel()
		return resp, nil, err
	}
	return resp, cancel, nil
}

func silentCanceledAndReturnedWithError(ctx context.Context, url string) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	resp, err := client.Do(get(ctx, url))
	cancel()
	if err != nil {
		return resp, err
	}
	return nil, nil
}

// What has been read before is in memory.
func silentCanceledWhenRead(ctx context.Context, url string) (*http.Response, []byte, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	resp, err := client.Do(get(ctx, url))
	if err != nil {
		cancel()
		return nil, nil, err
	}
	body, err := io.ReadAll(resp.Body)
	cancel()
	return resp, body, err
}

func silentCanceledWhenReplaced(ctx context.Context, url string) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	resp, err := client.Do(get(ctx, url))
	if err != nil {
		cancel()
		return nil, err
	}
	body, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	cancel()
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, err
}

// The cancel of one try is not that of the next, which the caller gets.
func silentCanceledBeforeNextTry(ctx context.Context, url string) (*http.Response, context.CancelFunc, error) {
	first, cancelFirst := context.WithTimeout(ctx, time.Minute)
	if resp, err := client.Do(get(first, url)); err == nil {
		return resp, cancelFirst, nil
	}
	cancelFirst()
	second, cancel := context.WithTimeout(ctx, time.Minute)
	resp, err := client.Do(get(second, url))
	return resp, cancel, err
}
