package orphanspan

import (
	"bufio"
	"context"
	"io"
	"net/http"

	"golang.org/x/sync/errgroup"
)

// Work that fills a pipe is done when somebody has read that to its end.

type piped struct {
	name string
	in   *io.PipeReader
	out  *io.PipeWriter
}

func fill(ctx context.Context, w io.Writer, o order) error {
	if err := db.Save(ctx, o); err != nil {
		return err
	}
	_, err := io.WriteString(w, o.id)
	return err
}

func acquired(f func() error) error { return f() }

func silentPipeRead(w http.ResponseWriter, r *http.Request) {
	pr, pw := io.Pipe()
	go func() { _ = pw.CloseWithError(fill(r.Context(), pw, order{})) }()
	_, _ = io.Copy(w, pr)
}

func silentPipeReadByHand(w http.ResponseWriter, r *http.Request) {
	pr, pw := io.Pipe()
	go func() {
		defer func() { _ = pw.Close() }()
		_ = fill(r.Context(), pw, order{})
	}()
	for buf := make([]byte, 512); ; {
		n, err := pr.Read(buf)
		if err != nil {
			return
		}
		_, _ = w.Write(buf[:n])
	}
}

func silentPipesThroughChannels(ctx context.Context, out io.Writer, orders []order) error {
	type part struct {
		order order
		out   *io.PipeWriter
	}
	streams := make(chan io.Reader, len(orders))
	parts := make(chan part, len(orders))
	for _, o := range orders {
		pr, pw := io.Pipe()
		streams <- pr
		parts <- part{order: o, out: pw}
		go func() {
			err := acquired(func() error {
				p := <-parts
				buffered := bufio.NewWriter(p.out)
				if err := fill(ctx, buffered, p.order); err != nil {
					return p.out.CloseWithError(err)
				}
				defer p.out.Close()
				return buffered.Flush()
			})
			logf("written: %v", err)
		}()
	}
	close(streams)
	for s := range streams {
		if _, err := io.Copy(out, s); err != nil {
			return err
		}
	}
	return nil
}

func silentPipesInSlice(ctx context.Context, out io.Writer, orders []order) error {
	var all []io.Reader
	for _, o := range orders {
		pr, pw := io.Pipe()
		all = append(all, pr)
		go func() {
			defer pw.Close()
			_ = fill(ctx, pw, o)
		}()
	}
	_, err := io.Copy(out, io.MultiReader(all...))
	return err
}

func silentPipesOfObjects(ctx context.Context, out io.Writer, exports []*piped) {
	for _, e := range exports {
		e.in, e.out = io.Pipe()
		go func() {
			defer e.out.Close()
			_ = fill(ctx, e.out, order{e.name})
		}()
	}
	for _, e := range exports {
		_, _ = io.Copy(out, e.in)
	}
}

func silentPipeReadInGroup(ctx context.Context, out io.Writer) error {
	var g errgroup.Group
	pr, pw := io.Pipe()
	g.Go(func() error {
		_, err := io.Copy(out, pr)
		return err
	})
	go func() { _ = pw.CloseWithError(fill(ctx, pw, order{})) }()
	return g.Wait()
}

// Nobody reads them to their end.

func pipeClosedUnread(w http.ResponseWriter, r *http.Request) {
	pr, pw := io.Pipe()
	go func() { _ = pw.CloseWithError(fill(r.Context(), pw, order{})) }() // want `goroutine outlives the request but works with r.Context\(\)`
	_ = pr.Close()
}

func pipeReadOnce(w http.ResponseWriter, r *http.Request) {
	e := &piped{}
	e.in, e.out = io.Pipe()
	go func() { _ = e.out.CloseWithError(fill(r.Context(), e.out, order{})) }() // want `goroutine outlives the request but works with r.Context\(\)`
	var head [8]byte
	_, _ = e.in.Read(head[:])
}

func pipeOfOther(w http.ResponseWriter, r *http.Request) {
	a, b := &piped{}, &piped{}
	a.in, a.out = io.Pipe()
	b.in, b.out = io.Pipe()
	go func() { _ = a.out.CloseWithError(fill(r.Context(), a.out, order{})) }() // want `goroutine outlives the request but works with r.Context\(\)`
	_, _ = io.Copy(w, b.in)
}

func pipeReadInBackground(w http.ResponseWriter, r *http.Request) {
	pr, pw := io.Pipe()
	go func() { _ = pw.CloseWithError(fill(r.Context(), pw, order{})) }() // want `goroutine outlives the request but works with r.Context\(\)`
	go func() { _, _ = io.Copy(io.Discard, pr) }()
}
