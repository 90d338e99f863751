package orphanspan

import (
	"context"
	"log"

	"github.com/gin-gonic/gin"
	fiber2 "github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v3"
	echo4 "github.com/labstack/echo/v4"
	"github.com/labstack/echo/v5"
	"github.com/valyala/fasthttp"
)

// gin: the request's context ends with the request; its own object is taken
// back and serves the next one.

func ginRequest(c *gin.Context) {
	go work(c.Request.Context()) // want `goroutine outlives the request but works with c.Request.Context\(\), which is cancelled when the handler returns`
}

func ginVariable(c *gin.Context) {
	ctx := c.Request.Context()
	go func() { // want `goroutine outlives the request but works with ctx, which is cancelled`
		_ = work(ctx)
	}()
}

// What is asked of the object in the goroutine would be the next request's:
// the goroutine needs it before it starts, which is more than an edit.
func ginInside(c *gin.Context) {
	go func() { // want `goroutine outlives the request but works with c.Request.Context\(\)`
		_ = work(c.Request.Context())
	}()
}

func ginItself(c *gin.Context) {
	go work(c) // want `goroutine outlives the request but works with c, which serves another request when the handler has returned`
}

func ginParameter(c *gin.Context) {
	go func(c *gin.Context) { // want `goroutine outlives the request`
		_ = work(c.Request.Context())
	}(c)
}

func ginHelper(name string, c *gin.Context) {
	ctx, span := tracer.Start(c.Request.Context(), name)
	defer span.End()
	go work(ctx) // want `goroutine outlives the request`
}

func ginMiddleware() gin.HandlerFunc {
	return func(c *gin.Context) {
		c.Next()
		go work(c.Request.Context()) // want `goroutine outlives the request`
	}
}

// A copy is not taken back. What of the context is in it is a setting of the
// engine, but it has the same request.
func ginCopy(c *gin.Context) {
	cc := c.Copy()
	go work(cc)
	go func() {
		log.Println(cc.Request.URL.Path)
		_ = work(context.WithoutCancel(cc))
	}()
}

func ginCopyRequest(c *gin.Context) {
	cc := c.Copy()
	go work(cc.Request.Context()) // want `goroutine outlives the request`
}

func ginJoined(c *gin.Context) {
	done := make(chan error)
	go func() { done <- work(c.Request.Context()) }()
	c.JSON(200, <-done)
}

func ginDetached(c *gin.Context) {
	ctx := context.WithoutCancel(c.Request.Context())
	go work(ctx)
}

// echo

func echo4Request(c echo4.Context) error {
	go work(c.Request().Context()) // want `goroutine outlives the request but works with c.Request\(\).Context\(\), which is cancelled`
	return nil
}

func echo4Inside(c echo4.Context) error {
	go func() { // want `goroutine outlives the request`
		_ = work(c.Request().Context())
	}()
	return nil
}

func echo4Middleware(next echo4.HandlerFunc) echo4.HandlerFunc {
	return func(c echo4.Context) error {
		err := next(c)
		ctx := c.Request().Context()
		go work(ctx) // want `goroutine outlives the request`
		return err
	}
}

func echo5Request(c *echo.Context) error {
	go work(c.Request().Context()) // want `goroutine outlives the request`
	return nil
}

func echo5Routes(e *echo.Echo) {
	e.GET("/", func(c *echo.Context) error {
		ctx := c.Request().Context()
		go func() { // want `goroutine outlives the request`
			_ = work(ctx)
		}()
		return nil
	})
}

// fiber cancels nothing by itself; otelfiber does.

func fiber2User(c *fiber2.Ctx) error {
	go work(c.UserContext()) // want `goroutine outlives the request but works with c.UserContext\(\), which tracing middleware cancels when the handler returns`
	return nil
}

func fiber2Inside(c *fiber2.Ctx) error {
	go func() { // want `goroutine outlives the request but works with c.UserContext\(\)`
		_ = work(c.UserContext())
	}()
	return nil
}

func fiber2Context(c *fiber2.Ctx) error {
	go work(c.Context()) // want `goroutine outlives the request but works with c.Context\(\), which serves another request when the handler has returned`
	return nil
}

func fiber2Joined(c *fiber2.Ctx) error {
	done := make(chan error)
	go func() { done <- work(c.UserContext()) }()
	return <-done
}

func fiber3Request(c fiber.Ctx) error {
	go work(c.Context()) // want `goroutine outlives the request but works with c.Context\(\), which tracing middleware cancels when the handler returns`
	return nil
}

func fiber3Itself(c fiber.Ctx) error {
	go work(c) // want `goroutine outlives the request but works with c, which serves another request when the handler has returned`
	return nil
}

func fiber3Detached(c fiber.Ctx) error {
	ctx := context.WithoutCancel(c.Context())
	go work(ctx)
	return nil
}

// fasthttp ends its contexts when it shuts down, and uses them again.

func fast(ctx *fasthttp.RequestCtx) {
	go work(ctx) // want `goroutine outlives the request but works with ctx, which serves another request when the handler has returned`
}

func fastDerived(ctx *fasthttp.RequestCtx) {
	user, _ := ctx.UserValue("ctx").(context.Context)
	go work(user)
}
