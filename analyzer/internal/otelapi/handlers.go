package otelapi

import (
	"go/types"
	"reflect"
	"slices"
	"strings"
)

// An Ending says when the context ends that a handler is given.
type Ending int

const (
	// WithHandler: it is cancelled when the handler, and what is wrapped around
	// it, has returned.
	WithHandler Ending = iota
	// WithMiddleware: the server leaves it alone, and the middleware that puts
	// a span into it cancels it when the handler has returned.
	WithMiddleware
	// WithServer: it lasts for many requests, or for ever.
	WithServer
)

// A Handler is a shape of function that servers call with a request.
type Handler struct {
	// Type is the declaration that has the shape: a type of function, or a
	// method of an interface.
	Type string
	// Request is the type of the parameter that brings the request, and Beside
	// the types of those that tell it from other functions, if that one does
	// not. Pointers have a star; a stream is whatever has its methods.
	Request string
	Beside  string
	// Exact says that functions with more parameters, or other results, are
	// something else: messages go out as well as in.
	Exact bool
	// Either says that clients call such functions, too.
	Either bool
	Ends   Ending
}

// handlers has the first shape first that fits: those with a context before
// those that know of a request by a message alone.
var handlers = []Handler{
	// net/http cancels after ServeHTTP, for HTTP/2 too. Routers (chi v5.5.0,
	// httprouter v1.3.0) and twirp v8.1.3 serve with the request's context.
	{Type: "net/http.HandlerFunc", Request: "*net/http.Request", Beside: "net/http.ResponseWriter"},
	{Type: "github.com/julienschmidt/httprouter.Handle", Request: "*net/http.Request", Beside: "net/http.ResponseWriter"},

	// google.golang.org/grpc v1.85.0: the transport cancels when it has
	// written the status.
	{Type: "google.golang.org/grpc.UnaryServerInterceptor", Request: "context.Context", Beside: "*google.golang.org/grpc.UnaryServerInfo"},
	{Type: "google.golang.org/grpc.StreamHandler", Request: serverStreams},
	{Type: "google.golang.org/grpc.StreamServerInterceptor", Request: serverStreams},
	{Type: "google.golang.org/grpc.UnaryClientInterceptor", Request: "context.Context", Beside: "google.golang.org/grpc.UnaryInvoker", Either: true},
	{Type: "google.golang.org/grpc.StreamClientInterceptor", Request: "context.Context", Beside: "google.golang.org/grpc.Streamer", Either: true},

	// connectrpc.com/connect v1.21.1 runs under net/http.
	{Type: "connectrpc.com/connect.NewServerStreamHandler#1", Request: "context.Context", Beside: "*connectrpc.com/connect.ServerStream"},
	{Type: "connectrpc.com/connect.NewUnaryHandler#1", Request: "context.Context", Beside: "*connectrpc.com/connect.Request"},
	{Type: "connectrpc.com/connect.NewClientStreamHandler#1", Request: "context.Context", Beside: "*connectrpc.com/connect.ClientStream"},
	{Type: "connectrpc.com/connect.NewBidiStreamHandler#1", Request: "context.Context", Beside: "*connectrpc.com/connect.BidiStream"},
	{Type: "connectrpc.com/connect.StreamingHandlerFunc", Request: "context.Context", Beside: "connectrpc.com/connect.StreamingHandlerConn"},
	{Type: "connectrpc.com/connect.UnaryFunc", Request: "context.Context", Beside: "connectrpc.com/connect.AnyRequest", Either: true},

	// github.com/99designs/gqlgen v0.17.90: the context of the request of
	// net/http, that of a subscription until it is over.
	{Type: "github.com/99designs/gqlgen/graphql.FieldMiddleware", Request: "context.Context", Beside: "github.com/99designs/gqlgen/graphql.Resolver"},
	{Type: "github.com/99designs/gqlgen/graphql.OperationMiddleware", Request: "context.Context", Beside: "github.com/99designs/gqlgen/graphql.OperationHandler"},
	{Type: "github.com/99designs/gqlgen/graphql.ResponseMiddleware", Request: "context.Context", Beside: "github.com/99designs/gqlgen/graphql.ResponseHandler"},
	{Type: "github.com/99designs/gqlgen/graphql.RootFieldMiddleware", Request: "context.Context", Beside: "github.com/99designs/gqlgen/graphql.RootResolver"},

	// What the frameworks hand out has the request of net/http in it, and
	// serves the next one when the handler has returned.
	{Type: "github.com/gin-gonic/gin.HandlerFunc", Request: "*github.com/gin-gonic/gin.Context"},       // v1.12.0
	{Type: "github.com/labstack/echo/v4.HandlerFunc", Request: "github.com/labstack/echo/v4.Context"},  // v4.16.0
	{Type: "github.com/labstack/echo/v5.HandlerFunc", Request: "*github.com/labstack/echo/v5.Context"}, // v5.3.1
	// fasthttp v1.69.0 ends its contexts when it shuts down. Those that fiber's
	// users set are none of them: without middleware Background, with
	// github.com/gofiber/contrib/otelfiber/v2 v2.1.1 cancelled after the handler.
	{Type: "github.com/gofiber/fiber/v2.Handler", Request: "*github.com/gofiber/fiber/v2.Ctx", Ends: WithMiddleware}, // v2.52.15
	{Type: "github.com/gofiber/fiber/v3.Handler", Request: "github.com/gofiber/fiber/v3.Ctx", Ends: WithMiddleware},  // v3.1.0
	{Type: "github.com/valyala/fasthttp.RequestHandler", Request: "*github.com/valyala/fasthttp.RequestCtx", Ends: WithServer},

	// Jobs. asynq v0.26.0 and river v0.51.1 cancel after the worker has
	// returned, go.temporal.io/sdk v1.50.0 after the activity has.
	{Type: "(github.com/hibiken/asynq.Handler).ProcessTask", Request: "context.Context", Beside: "*github.com/hibiken/asynq.Task", Exact: true},
	{Type: "(github.com/riverqueue/river.Worker[T]).Work", Request: "context.Context", Beside: "*github.com/riverqueue/river.Job"},
	{Type: "github.com/riverqueue/river.WorkerMiddlewareFunc", Request: "context.Context", Beside: "*github.com/riverqueue/river/rivertype.JobRow", Exact: true},
	{Type: "(go.temporal.io/sdk/interceptor.ActivityInboundInterceptor).ExecuteActivity", Request: "context.Context", Beside: "*go.temporal.io/sdk/internal.ExecuteActivityInput"},

	// Messages. github.com/ThreeDotsLabs/watermill v1.5.1 cancels when the
	// message is acknowledged, which the router does after its handler.
	{Type: "github.com/ThreeDotsLabs/watermill/message.HandlerFunc", Request: "*github.com/ThreeDotsLabs/watermill/message.Message", Exact: true},
	{Type: "github.com/ThreeDotsLabs/watermill/message.NoPublishHandlerFunc", Request: "*github.com/ThreeDotsLabs/watermill/message.Message", Exact: true},
	// github.com/IBM/sarama v1.61.1: the context of a session, which ends when
	// partitions are assigned anew.
	{Type: "(github.com/IBM/sarama.ConsumerGroupHandler).ConsumeClaim", Request: "github.com/IBM/sarama.ConsumerGroupSession", Beside: "github.com/IBM/sarama.ConsumerGroupClaim", Ends: WithServer},
	// github.com/nats-io/nats.go v1.55.0: a message without a context.
	{Type: "github.com/nats-io/nats.go.MsgHandler", Request: "*github.com/nats-io/nats.go.Msg", Exact: true, Ends: WithServer},
	{Type: "github.com/nats-io/nats.go/jetstream.MessageHandler", Request: "github.com/nats-io/nats.go/jetstream.Msg", Exact: true, Ends: WithServer},
	{Type: "github.com/nats-io/nats.go/micro.HandlerFunc", Request: "github.com/nats-io/nats.go/micro.Request", Exact: true, Ends: WithServer},

	// Not here, since nobody calls a handler: github.com/segmentio/kafka-go,
	// github.com/twmb/franz-go and github.com/rabbitmq/amqp091-go are asked for
	// messages, in a loop whose context lasts as long as the program, and have
	// one type for messages that come and go.
}

const serverStreams = "google.golang.org/grpc.ServerStream"

// A typeName is a type that a table names: "path/of/package.Name", with a star
// for a pointer to it.
type typeName struct {
	path, name string
	pointer    bool
}

func parseType(s string) typeName {
	s, pointer := strings.CutPrefix(s, "*")
	dot := strings.LastIndexByte(s, '.')
	if dot < 0 {
		return typeName{}
	}
	return typeName{s[:dot], s[dot+1:], pointer}
}

// of reports whether t is the type, or an instance of it.
func (n typeName) of(t types.Type) bool {
	if n.pointer {
		return isPointerTo(t, n.path, n.name)
	}
	return isNamed(t, n.path, n.name)
}

// A shape is a handler of the table with its types read.
type shape struct {
	*Handler
	request, beside typeName
}

var handlerTable = func() []shape {
	var list []shape
	for i := range handlers {
		h := &handlers[i]
		list = append(list, shape{h, parseType(h.Request), parseType(h.Beside)})
	}
	return list
}()

// fits returns the slot of the request in a signature of the shape.
func (s *shape) fits(sig *types.Signature) (slot int, ok bool) {
	slot, beside := -1, s.Beside == ""
	for i := range sig.Params().Len() {
		t := sig.Params().At(i).Type()
		if slot < 0 && (s.request.of(t) || s.Request == serverStreams && serverStream(t)) {
			slot = i
		} else if !beside {
			beside = s.beside.of(t)
		}
	}
	return slot, slot >= 0 && beside && (!s.Exact || s.alone(sig))
}

// alone reports whether a signature has no more than the shape: the request,
// what is beside it, functions that go on with it, and results that are an
// error or more messages.
func (s *shape) alone(sig *types.Signature) bool {
	want := 1
	if s.Beside != "" {
		want++
	}
	for i := range sig.Params().Len() {
		if _, next := sig.Params().At(i).Type().Underlying().(*types.Signature); !next {
			want--
		}
	}
	if want != 0 || sig.Variadic() {
		return false
	}
	for i := range sig.Results().Len() {
		t := sig.Results().At(i).Type()
		if slice, ok := t.(*types.Slice); !IsError(t) && !(ok && s.request.of(slice.Elem())) {
			return false
		}
	}
	return true
}

// HandlerOf returns the shape of a handler that a signature has, and the
// parameter that brings the request: the context itself, or what has it.
func HandlerOf(sig *types.Signature) (h *Handler, slot int, ok bool) {
	for i := range handlerTable {
		if slot, ok := handlerTable[i].fits(sig); ok {
			return handlerTable[i].Handler, slot, true
		}
	}
	return nil, 0, false
}

// HandlerSlot returns the parameter through which a function with this
// signature receives a request, by the handlerTable that servers alone call.
func HandlerSlot(sig *types.Signature) (slot int, ok bool) {
	h, slot, ok := HandlerOf(sig)
	return slot, ok && !h.Either
}

// Pooled reports whether t is a framework object that serves the next request
// after the handler has returned.
func Pooled(t types.Type) bool {
	for _, name := range pooled {
		if name.of(t) {
			return true
		}
	}
	return false
}

var pooled = []typeName{
	parseType("*github.com/gin-gonic/gin.Context"),
	parseType("github.com/labstack/echo/v4.Context"),
	parseType("*github.com/labstack/echo/v5.Context"),
	parseType("*github.com/gofiber/fiber/v2.Ctx"),
	parseType("github.com/gofiber/fiber/v3.Ctx"),
	parseType("*github.com/valyala/fasthttp.RequestCtx"),
}

// serverStream reports whether t is what gRPC hands to a streaming handler.
func serverStream(t types.Type) bool {
	if t == nil {
		return false
	}
	if _, ok := t.Underlying().(*types.Interface); !ok {
		return false
	}
	return method(t, "RecvMsg") != nil && method(t, "SendMsg") != nil && method(t, "SetTrailer") != nil && method(t, "Context") != nil
}

// A Registrar takes functions, or objects with methods, that a server calls
// with requests, and whose shape alone does not say so.
type Registrar struct {
	// Arg is the argument: a function, a map of them, an interface whose
	// methods are the handlers, or anything whose exported methods are.
	Arg  int
	Ends Ending
}

var registrars = map[string]Registrar{
	// github.com/aws/aws-lambda-go v1.55.1 cancels after the handler.
	"github.com/aws/aws-lambda-go/lambda.Start":                   {0, WithHandler},
	"github.com/aws/aws-lambda-go/lambda.StartWithContext":        {1, WithHandler},
	"github.com/aws/aws-lambda-go/lambda.StartWithOptions":        {0, WithHandler},
	"github.com/aws/aws-lambda-go/lambda.StartHandler":            {0, WithHandler},
	"github.com/aws/aws-lambda-go/lambda.StartHandlerFunc":        {0, WithHandler},
	"github.com/aws/aws-lambda-go/lambda.StartHandlerWithContext": {1, WithHandler},
	"github.com/aws/aws-lambda-go/lambda.NewHandler":              {0, WithHandler},
	"github.com/aws/aws-lambda-go/lambda.NewHandlerWithOptions":   {0, WithHandler},

	// go.temporal.io/sdk v1.50.0; the contexts of workflows are none of Go's.
	"(go.temporal.io/sdk/worker.ActivityRegistry).RegisterActivity":            {0, WithHandler},
	"(go.temporal.io/sdk/worker.ActivityRegistry).RegisterActivityWithOptions": {0, WithHandler},

	// github.com/RichardKnop/machinery/v2 v2.0.13 runs tasks on Background.
	"(*github.com/RichardKnop/machinery/v2.Server).RegisterTask":  {1, WithServer},
	"(*github.com/RichardKnop/machinery/v2.Server).RegisterTasks": {0, WithServer},

	// github.com/robfig/cron/v3 v3.0.1: jobs without a context.
	"(*github.com/robfig/cron/v3.Cron).AddFunc":  {1, WithServer},
	"(*github.com/robfig/cron/v3.Cron).AddJob":   {1, WithServer},
	"(*github.com/robfig/cron/v3.Cron).Schedule": {1, WithServer},
}

// RegistrarOf returns what is known about a function that takes handlers: it
// is in the table, or generated code for services of gRPC, connect or twirp.
func RegistrarOf(fn *types.Func) (Registrar, bool) {
	if fn == nil {
		return Registrar{}, false
	}
	if r, ok := registrars[key(fn.Origin())]; ok {
		return r, true
	}
	if arg, ok := takesService(fn.Signature()); ok {
		return Registrar{Arg: arg}, true
	}
	return Registrar{}, false
}

// takesService reports whether a function takes, as an interface with methods,
// the implementation of a service:
//
//	func RegisterOrdersServer(s grpc.ServiceRegistrar, srv OrdersServer)
//	func NewOrdersHandler(svc OrdersHandler, opts ...connect.HandlerOption) (string, http.Handler)
//	func NewOrdersServer(svc Orders, opts ...any) TwirpServer
func takesService(sig *types.Signature) (arg int, ok bool) {
	params, results := sig.Params(), sig.Results()
	n := params.Len()
	switch {
	case sig.Recv() != nil || n == 0:
		return 0, false
	case n == 2 && (isNamed(params.At(0).Type(), "google.golang.org/grpc", "ServiceRegistrar") || isPointerTo(params.At(0).Type(), "google.golang.org/grpc", "Server")):
		arg = 1
	case n == 2 && results.Len() == 2 && sig.Variadic() && isNamed(results.At(1).Type(), "net/http", "Handler"):
		s, slice := params.At(1).Type().(*types.Slice)
		if !slice || !isNamed(s.Elem(), "connectrpc.com/connect", "HandlerOption") {
			return 0, false
		}
	case results.Len() == 1 && method(results.At(0).Type(), "ProtocGenTwirpVersion") != nil && method(results.At(0).Type(), "ServeHTTP") != nil:
	default:
		return 0, false
	}
	service, ok := params.At(arg).Type().Underlying().(*types.Interface)
	return arg, ok && service.NumMethods() > 0
}

// ServesBy reports whether the package of a type that others embed, as they
// embed what gRPC generates for methods to come, generated a service that has
// the method.
func ServesBy(embedded types.Type, fn *types.Func) bool {
	if p, ok := types.Unalias(embedded).(*types.Pointer); ok {
		embedded = p.Elem()
	}
	named, ok := types.Unalias(embedded).(*types.Named)
	if !ok || named.Obj().Pkg() == nil {
		return false
	}
	m := method(types.NewPointer(named), fn.Name())
	if m == nil || !types.Identical(signature(m), signature(fn)) {
		return false
	}
	in := named.Obj().Pkg().Scope()
	for _, name := range in.Names() {
		reg, ok := in.Lookup(name).(*types.Func)
		if !ok {
			continue
		}
		if arg, ok := takesService(reg.Signature()); ok && method(reg.Signature().Params().At(arg).Type(), fn.Name()) != nil {
			return true
		}
	}
	return false
}

// signature returns the type of a method without its receiver.
func signature(fn *types.Func) *types.Signature {
	sig := fn.Signature()
	return types.NewSignatureType(nil, nil, nil, sig.Params(), sig.Results(), sig.Variadic())
}

// handlerTypes are the types of functions and of structs of functions that
// say more than the shape: what is given to them as a literal serves requests.
var handlerTypes = map[string]bool{
	"github.com/twitchtv/twirp.Method":                    true, // v8.1.3, on both sides
	"github.com/twitchtv/twirp.ServerHooks":               true,
	"github.com/99designs/gqlgen/graphql.Resolver":        true, // v0.17.90
	"github.com/99designs/gqlgen/graphql.FieldMiddleware": true,
}

// IsHandlerType reports whether a function put into a value of the type is
// one that serves requests with the context it is given.
func IsHandlerType(t types.Type) bool {
	if t == nil {
		return false
	}
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || named.Obj().Pkg() == nil {
		return false
	}
	return handlerTypes[named.Obj().Pkg().Path()+"."+named.Obj().Name()]
}

// IsCommand reports whether a function with the signature is a command of a
// program: its context is that of the process.
func IsCommand(sig *types.Signature) bool {
	for i := range sig.Params().Len() {
		for _, name := range commands {
			if name.of(sig.Params().At(i).Type()) {
				return true
			}
		}
	}
	return false
}

var commands = []typeName{
	parseType("*github.com/spf13/cobra.Command"),   // v1.10.2
	parseType("*github.com/urfave/cli/v2.Context"), // v2.27.7
	parseType("*github.com/urfave/cli/v3.Command"), // v3.14.0
}

// IsTaggedCommand reports whether fn is a command of a program that
// github.com/alecthomas/kong (v1.16.0) runs: the method Run of a struct whose
// fields have tags for that, or of which a field of such a struct is made.
func IsTaggedCommand(fn *types.Func) bool {
	if fn == nil || fn.Pkg() == nil || fn.Name() != "Run" || fn.Signature().Recv() == nil {
		return false
	}
	if !slices.ContainsFunc(fn.Pkg().Imports(), func(p *types.Package) bool { return p.Path() == "github.com/alecthomas/kong" }) {
		return false
	}
	t := fn.Signature().Recv().Type()
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok {
		return false
	}
	for i := range st.NumFields() {
		for _, key := range [...]string{"arg", "cmd", "help"} {
			if _, ok := reflect.StructTag(st.Tag(i)).Lookup(key); ok {
				return true
			}
		}
	}
	for _, name := range fn.Pkg().Scope().Names() {
		outer, ok := fn.Pkg().Scope().Lookup(name).Type().Underlying().(*types.Struct)
		if !ok {
			continue
		}
		for i := range outer.NumFields() {
			if _, ok := reflect.StructTag(outer.Tag(i)).Lookup("cmd"); ok && types.Identical(outer.Field(i).Type(), t) {
				return true
			}
		}
	}
	return false
}

// FallsBack reports whether v is the setting by which copies of a framework's
// objects are contexts of their request: Engine.ContextWithFallback of
// github.com/gin-gonic/gin v1.12.0.
func FallsBack(v *types.Var) bool {
	return v != nil && v.IsField() && v.Pkg() != nil && v.Name() == ginFallback && v.Pkg().Path() == ginPath
}

const ginPath, ginFallback = "github.com/gin-gonic/gin", "ContextWithFallback"

// carried says which methods of what servers hand out have its context.
var carried = map[string]Derivation{
	"(google.golang.org/grpc.ServerStream).Context":     {Derives, Receiver, 0, -1},
	"(google.golang.org/grpc.Stream).Context":           {Derives, Receiver, 0, -1},
	"(*github.com/gin-gonic/gin.Context).Copy":          {Copies, Receiver, 0, -1}, // Engine.ContextWithFallback
	"(github.com/labstack/echo/v4.Context).Request":     {Derives, Receiver, 0, -1},
	"(*github.com/labstack/echo/v5.Context).Request":    {Derives, Receiver, 0, -1},
	"(*github.com/gofiber/fiber/v2.Ctx).UserContext":    {Derives, Receiver, 0, -1},
	"(*github.com/gofiber/fiber/v2.Ctx).Context":        {Derives, Receiver, 0, -1},
	"(github.com/gofiber/fiber/v3.Ctx).Context":         {Derives, Receiver, 0, -1},
	"(github.com/gofiber/fiber/v3.Ctx).RequestCtx":      {Derives, Receiver, 0, -1},
	"(*github.com/gofiber/fiber/v3.DefaultCtx).Context": {Derives, Receiver, 0, -1},

	"(*github.com/ThreeDotsLabs/watermill/message.Message).Context": {Derives, Receiver, 0, -1},
	"(github.com/IBM/sarama.ConsumerGroupSession).Context":          {Derives, Receiver, 0, -1},

	"(*github.com/spf13/cobra.Command).Context": {Lasts, -2, 0, -1},
}

// IsDelivery reports whether t is a message that clients of brokers send on
// channels, for as long as there is a subscription; or a signal, which comes
// for as long as there is a process.
func IsDelivery(t types.Type) bool {
	for _, name := range deliveries {
		if name.of(t) {
			return true
		}
	}
	return false
}

var deliveries = []typeName{
	parseType("os.Signal"),
	parseType("github.com/rabbitmq/amqp091-go.Delivery"), // v1.16.0
	parseType("*github.com/IBM/sarama.ConsumerMessage"),
	parseType("*github.com/ThreeDotsLabs/watermill/message.Message"),
	parseType("*github.com/nats-io/nats.go.Msg"),
	parseType("github.com/nats-io/nats.go/jetstream.Msg"),
}
