package orphanspan

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httputil"
	"strings"
	"time"
)

// A response that is returned under a deferred cancel: its body can be read no
// more, unless it was read before and is in memory.

var client = http.DefaultClient

func get(ctx context.Context, url string) *http.Request {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		panic(err)
	}
	return req
}

func silentBodyReplaced(ctx context.Context, url string) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	resp, err := client.Do(get(ctx, url))
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}

func silentBodyReadAndClosed(ctx context.Context, url string) (*http.Response, []byte, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	resp, err := client.Do(get(ctx, url))
	if err != nil {
		return nil, nil, err
	}
	body, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	return resp, body, err
}

func silentBodyClosedIfThere(ctx context.Context, url string) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	resp, err := client.Do(get(ctx, url))
	if resp != nil {
		_, _ = io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
	}
	return resp, err
}

func bodyClosedIfBad(ctx context.Context, url string) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel() // want `deferred call cancels the context of get\(ctx, url\) when bodyClosedIfBad returns`
	resp, err := client.Do(get(ctx, url))
	if err == nil && resp.StatusCode != http.StatusOK {
		resp.Body.Close()
	}
	return resp, err
}

func silentBodyClosedInCondition(ctx context.Context, url string) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	resp, err := client.Do(get(ctx, url))
	if err != nil {
		return nil, err
	}
	if err := resp.Body.Close(); err != nil {
		return nil, err
	}
	return resp, nil
}

func silentBodyCopied(ctx context.Context, url string) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	resp, err := client.Do(get(ctx, url))
	if err != nil {
		return nil, err
	}
	var buf bytes.Buffer
	if _, err := io.Copy(&buf, resp.Body); err != nil {
		return nil, err
	}
	resp.Body = io.NopCloser(&buf)
	return resp, nil
}

func silentBodyReturnedFromMemory(ctx context.Context, url string) (io.ReadCloser, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	resp, err := client.Do(get(ctx, url))
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return io.NopCloser(bytes.NewReader(body)), err
}

func silentBodyOfText(ctx context.Context, url string) (resp *http.Response, err error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	answer, err := client.Do(get(ctx, url))
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, err
	}
	redacted := strings.NewReader(strings.ToUpper(string(text)))
	answer.Body = io.NopCloser(redacted)
	return answer, nil
}

func buffer(resp *http.Response) error {
	body, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return err
}

func silentBodyReplacedByHelper(ctx context.Context, url string) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	resp, err := client.Do(get(ctx, url))
	if err != nil {
		return nil, err
	}
	if err := buffer(resp); err != nil {
		return nil, err
	}
	return resp, nil
}

func closeQuietly(c io.Closer) { _ = c.Close() }

func silentBodyClosedByHelper(ctx context.Context, url string) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	resp, err := client.Do(get(ctx, url))
	if err != nil {
		return nil, err
	}
	closeQuietly(resp.Body)
	return resp, nil
}

// The cancel is called by hand, where nothing is returned.
func silentCancelledOnErrorAlone(ctx context.Context, url string) (*http.Response, context.CancelFunc, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	resp, err := client.Do(get(ctx, url))
	if err != nil {
		cancel()
		return nil, nil, err
	}
	return resp, cancel, nil
}

func responseReturned(ctx context.Context, url string) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel() // want `when responseReturned returns, but what it returns still depends on it`
	return client.Do(get(ctx, url).WithContext(ctx))
}

func responseClosedOnErrorAlone(ctx context.Context, url string) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel() // want `when responseClosedOnErrorAlone returns`
	req := get(ctx, url).WithContext(ctx)
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		resp.Body.Close()
		return nil, fmt.Errorf("status %d", resp.StatusCode)
	}
	return resp, nil
}

func responseReplacedOnSomePath(ctx context.Context, url string, keep bool) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel() // want `when responseReplacedOnSomePath returns`
	req := get(ctx, url).WithContext(ctx)
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	if keep {
		resp.Body = io.NopCloser(strings.NewReader(""))
	}
	return resp, nil
}

func responseWrapped(ctx context.Context, url string) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel() // want `when responseWrapped returns`
	req := get(ctx, url).WithContext(ctx)
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	resp.Body = io.NopCloser(io.LimitReader(resp.Body, 1024))
	return resp, nil
}

func responseWrappedThroughVariable(ctx context.Context, url string) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel() // want `when responseWrappedThroughVariable returns`
	req := get(ctx, url).WithContext(ctx)
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	buffered := bufio.NewReader(resp.Body)
	limited := io.LimitReader(buffered, 1024)
	resp.Body = io.NopCloser(limited)
	return resp, nil
}

func responseDumped(ctx context.Context, url string) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel() // want `when responseDumped returns`
	req := get(ctx, url).WithContext(ctx)
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	head, _ := httputil.DumpResponse(resp, false)
	logf("%s", head)
	return resp, nil
}

// What a server, or a session, hands out is a pipe's other end.

func silentPipeOfExport(ctx context.Context, o order) io.Reader {
	pr, pw := io.Pipe()
	go func() { pw.CloseWithError(export(ctx, o, pw)) }()
	return pr
}

func silentPipeWithCancel(ctx context.Context, o order) (io.ReadCloser, error) {
	pr, pw := io.Pipe()
	go func() {
		defer pw.Close()
		_ = export(ctx, o, pw)
	}()
	return pr, nil
}

func export(ctx context.Context, o order, w io.Writer) error { return work(ctx) }

func pipeNobodyReads(w http.ResponseWriter, r *http.Request) {
	pr, pw := io.Pipe()
	ctx := r.Context()
	go func() { pw.CloseWithError(export(ctx, order{}, pw)) }() // want `goroutine outlives the request`
	logf("%v", pr)
}
