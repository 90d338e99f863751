package orphanspan

import (
	"context"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/hibiken/asynq"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

// Workers of queues: the context of a job ends when the worker returns.

type mailer struct{}

func (mailer) ProcessTask(ctx context.Context, t *asynq.Task) error {
	go work(ctx) // want `goroutine outlives the request but works with ctx, which is cancelled when the handler returns`
	return nil
}

func tasks(mux *asynq.ServeMux, client *asynq.Client) {
	mux.Handle("mail", mailer{})
	mux.HandleFunc("push", func(ctx context.Context, t *asynq.Task) error {
		go work(ctx) // want `goroutine outlives the request`
		return nil
	})
	mux.Use(func(next asynq.Handler) asynq.Handler {
		return asynq.HandlerFunc(func(ctx context.Context, t *asynq.Task) error {
			err := next.ProcessTask(ctx, t)
			go work(ctx) // want `goroutine outlives the request`
			return err
		})
	})
}

func taskJoined(ctx context.Context, t *asynq.Task) error {
	done := make(chan error)
	go func() { done <- work(ctx) }()
	return <-done
}

type sortArgs struct{}

func (sortArgs) Kind() string { return "sort" }

type sorter struct {
	river.WorkerDefaults[sortArgs]
}

func (*sorter) Work(ctx context.Context, job *river.Job[sortArgs]) error {
	go work(ctx) // want `goroutine outlives the request`
	return nil
}

func (*sorter) Timeout(job *river.Job[sortArgs]) time.Duration { return 0 }

func workers(w *river.Workers) {
	river.AddWorker(w, &sorter{})
	river.AddWorker(w, river.WorkFunc(func(ctx context.Context, job *river.Job[otherArgs]) error {
		go work(ctx) // want `goroutine outlives the request`
		return nil
	}))
}

type otherArgs struct{}

func (otherArgs) Kind() string { return "other" }

type jobLog struct{ river.MiddlewareDefaults }

func (jobLog) Work(ctx context.Context, job *rivertype.JobRow, next func(context.Context) error) error {
	go work(ctx) // want `goroutine outlives the request`
	return next(ctx)
}

// AWS Lambda: whatever Start is given.

func lambdaMain() {
	lambda.Start(func(ctx context.Context, e events.SQSEvent) error {
		go work(ctx) // want `goroutine outlives the request`
		return nil
	})
}

func handleEvent(ctx context.Context, e events.APIGatewayProxyRequest) (events.APIGatewayProxyResponse, error) {
	go work(ctx) // want `goroutine outlives the request`
	return events.APIGatewayProxyResponse{}, nil
}

type function struct{ last context.Context }

// It is given to Start, so it serves requests, and where it stores one it is
// wrong twice.
func (f *function) handle(ctx context.Context, e order) (order, error) {
	f.last = ctx
	go work(ctx) // want `goroutine outlives the request`
	return e, nil
}

func (f *function) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	go work(ctx) // want `goroutine outlives the request`
	return payload, nil
}

func lambdaStarts(ctx context.Context) {
	f := &function{}
	lambda.StartWithOptions(f.handle)
	lambda.StartHandlerFunc(handleEvent)
	lambda.StartHandler(f)
	lambda.StartWithContext(ctx, lambda.NewHandler(handleEvent))
}

// Temporal: activities have a request's context. Workflows have one of their
// own that is none of Go's.

type activities struct{ last context.Context }

func (a *activities) Charge(ctx context.Context, o order) error {
	a.last = ctx
	go work(ctx) // want `goroutine outlives the request`
	return nil
}

func refund(ctx context.Context, o order) error {
	go work(ctx) // want `goroutine outlives the request`
	return nil
}

// The heartbeat goes on until the activity is over.
func (a *activities) Long(ctx context.Context) error {
	go func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-time.After(time.Second):
				activity.RecordHeartbeat(ctx)
				_ = work(ctx)
			}
		}
	}()
	return work(ctx)
}

func checkout(ctx workflow.Context, o order) error {
	workflow.Go(ctx, func(ctx workflow.Context) {
		_ = workflow.ExecuteActivity(ctx, refund, o).Get(ctx, nil)
	})
	return nil
}

func temporal(w worker.Worker) {
	w.RegisterWorkflow(checkout)
	w.RegisterActivity(&activities{})
	w.RegisterActivityWithOptions(refund, activity.RegisterOptions{Name: "refund"})
}

type inbound struct {
	interceptor.ActivityInboundInterceptorBase
}

func (i *inbound) ExecuteActivity(ctx context.Context, in *interceptor.ExecuteActivityInput) (any, error) {
	go work(ctx) // want `goroutine outlives the request`
	return i.Next.ExecuteActivity(ctx, in)
}
