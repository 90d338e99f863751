// Package freshctx has contexts made anew where a framework's object has one.
package freshctx

import (
	"context"

	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/gin-gonic/gin"
	fiber2 "github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v3"
	"github.com/hibiken/asynq"
	echo4 "github.com/labstack/echo/v4"
	"github.com/labstack/echo/v5"
	"github.com/spf13/cobra"
	cli2 "github.com/urfave/cli/v2"
	"go.opentelemetry.io/otel"
	"google.golang.org/grpc"
)

var tracer = otel.Tracer("handlers")

// load traces.
func load(ctx context.Context, id string) {
	_, span := tracer.Start(ctx, "load")
	defer span.End()
}

func ginHandler(c *gin.Context) {
	load(context.Background(), c.Param("id")) // want `although c.Request.Context\(\) is at hand`
}

func echo4Handler(c echo4.Context) error {
	load(context.Background(), c.Param("id")) // want `although c.Request\(\).Context\(\) is at hand`
	return nil
}

func echo5Handler(c *echo.Context) error {
	load(context.TODO(), c.Param("id")) // want `although c.Request\(\).Context\(\) is at hand`
	return nil
}

func fiber2Handler(c *fiber2.Ctx) error {
	load(context.Background(), c.Params("id")) // want `although c.UserContext\(\) is at hand`
	return nil
}

func fiber3Handler(c fiber.Ctx) error {
	load(context.Background(), c.Params("id")) // want `although c.Context\(\) is at hand`
	return nil
}

func taskHandler(ctx context.Context, t *asynq.Task) error {
	load(context.Background(), t.Type()) // want `although ctx is at hand`
	return nil
}

func streamHandler(srv any, s grpc.ServerStream) error {
	load(context.Background(), "stream") // want `although s.Context\(\) is at hand`
	return nil
}

// Nobody has put a trace into a message without saying so.
func messageHandler(m *message.Message) error {
	load(context.Background(), m.UUID)
	return nil
}

// Commands have a context that nobody cancels and no trace is in.
func run(cmd *cobra.Command, args []string) error {
	load(context.Background(), args[0])
	return nil
}

func action(c *cli2.Context) error {
	load(context.Background(), c.Args().First())
	return nil
}
