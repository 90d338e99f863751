// Package fallback sets gin up so that its contexts are those of requests,
// copies included.
package fallback

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"
)

type server struct{ client *http.Client }

func routes(s *server) http.Handler {
	r := gin.New()
	r.ContextWithFallback = true
	r.POST("/orders", s.canceledCopy)
	return r
}

func (s *server) canceledCopy(c *gin.Context) {
	cc := c.Copy()
	go s.send(cc) // want `goroutine outlives the request but works with c+, which is cancelled when the handler returns`
}

func (s *server) canceledCopyInPlace(c *gin.Context) {
	c = c.Copy()
	go func() { // want `goroutine outlives the request but works with c+, which is cancelled when the handler returns`
		s.send(c)
	}()
}

// The original is taken back.
func (s *server) canceledOriginal(c *gin.Context) {
	go s.send(c) // want `goroutine outlives the request but works with c, which serves another request when the handler has returned`
}

func (s *server) silentDetachedCopy(c *gin.Context) {
	ctx := context.WithoutCancel(c.Copy())
	go s.send(ctx)
}

func (s *server) silentForItsRequestLine(c *gin.Context) {
	cc := c.Copy()
	go func() { s.send(context.WithoutCancel(c.Request.Context())); _ = cc.FullPath() }()
}

func (s *server) send(ctx context.Context) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://localhost", nil)
	if err != nil {
		return
	}
	if res, err := s.client.Do(req); err == nil {
		res.Body.Close()
	}
}
