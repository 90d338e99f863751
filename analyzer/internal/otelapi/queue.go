package otelapi

import (
	"cmp"
	"go/types"
)

// A Message says how messages of a client carry headers. In its texts $m
// stands for the message, $p for the prefix of its package, $key and $value for
// a header, and further names with a $ for what the text needs.
type Message struct {
	// Field is the field of the message that has them, "" if there is none.
	Field string
	// Put is a statement that puts one into a message that has none yet, and
	// Init one that is needed before. Own is a carrier that writes into the
	// message by itself. "" where that takes more than a statement.
	Init, Put, Own string
	// Get is a statement that reads all of them into $carrier.
	Get string
	// Needs are the packages whose prefixes are in the texts.
	Needs []Need
}

// A Need is a package that a text needs, below the name that stands for its
// prefix there.
type Need struct{ Mark, Path, Name string }

// Queues is what is known about clients of queues. The zero value knows those
// of the tables.
type Queues struct {
	messages   map[string]Message
	publishers map[string]Publish
}

// AddMessage makes a type of messages known: how they are sent, how they are
// received, or both, one after the other. What the tables know stays.
func (q *Queues) AddMessage(t types.Type, m Message) {
	name, _, ok := messageKey(t)
	if _, known := messages[name]; !ok || known {
		return
	}
	if q.messages == nil {
		q.messages = make(map[string]Message)
	}
	if old, ok := q.messages[name]; ok {
		m.Init, m.Put, m.Own, m.Get = cmp.Or(m.Init, old.Init), cmp.Or(m.Put, old.Put), cmp.Or(m.Own, old.Own), cmp.Or(m.Get, old.Get)
	}
	q.messages[name] = m
}

// AddPublisher makes a function known that sends messages.
func (q *Queues) AddPublisher(fn *types.Func, p Publish) {
	if q.publishers == nil {
		q.publishers = make(map[string]Publish)
	}
	q.publishers[key(fn.Origin())] = p
}

// MessageOf returns what is known about messages of the type, or of what it
// points to.
func (q *Queues) MessageOf(t types.Type) (m Message, pkg *types.Package, ok bool) {
	name, pkg, ok := messageKey(t)
	if !ok {
		return Message{}, nil, false
	}
	if m, ok = messages[name]; !ok {
		m, ok = q.messages[name]
	}
	return m, pkg, ok
}

func messageKey(t types.Type) (name string, pkg *types.Package, ok bool) {
	if t == nil {
		return "", nil, false
	}
	if p, isPtr := types.Unalias(t).(*types.Pointer); isPtr {
		t = p.Elem()
	}
	named, isNamed := types.Unalias(t).(*types.Named)
	if !isNamed || named.Obj().Pkg() == nil {
		return "", nil, false
	}
	pkg = named.Obj().Pkg()
	return pkg.Path() + "." + named.Obj().Name(), pkg, true
}

const (
	headerList = "for _, $header := range $m.Headers {\n\t$carrier[$header.Key] = string($header.Value)\n}"
	attributes = "for $key, $attribute := range $m.MessageAttributes {\n\tif $attribute.StringValue != nil {\n\t\t$carrier[$key] = *$attribute.StringValue\n\t}\n}"
	awsString  = "$m.MessageAttributes[$key] = $typesMessageAttributeValue{DataType: $awsString(\"String\"), StringValue: $awsString($value)}"
	awsInit    = "$m.MessageAttributes = map[string]$typesMessageAttributeValue{}"
)

func awsNeeds(service string) []Need {
	return []Need{
		{"$types", "github.com/aws/aws-sdk-go-v2/service/" + service + "/types", "types"},
		{"$aws", "github.com/aws/aws-sdk-go-v2/aws", "aws"},
	}
}

// Propagators ask for lower case, and HeaderCarrier, by which most programs
// fill the headers of NATS, writes another one.
var lower = []Need{{"$strings", "strings", "strings"}}

// Read from github.com/segmentio/kafka-go v0.4.51, github.com/IBM/sarama
// v1.61.1, github.com/twmb/franz-go v1.22.2, github.com/nats-io/nats.go
// v1.55.0, github.com/rabbitmq/amqp091-go v1.16.0, github.com/hibiken/asynq
// v0.26.0, github.com/ThreeDotsLabs/watermill v1.5.1,
// cloud.google.com/go/pubsub v1.50.1 and v2.0.0,
// github.com/aws/aws-sdk-go-v2/service/sqs v1.52.10 and sns v1.47.9,
// github.com/redis/go-redis/v9 v9.23.0, github.com/riverqueue/river v0.51.1.
var messages = map[string]Message{
	"github.com/segmentio/kafka-go.Message": {
		Field: "Headers",
		Put:   "$m.Headers = append($m.Headers, $pHeader{Key: $key, Value: []byte($value)})",
		Get:   headerList,
	},
	"github.com/IBM/sarama.ProducerMessage": {
		Field: "Headers",
		Put:   "$m.Headers = append($m.Headers, $pRecordHeader{Key: []byte($key), Value: []byte($value)})",
	},
	"github.com/IBM/sarama.ConsumerMessage": {
		Field: "Headers",
		Get:   "for _, $header := range $m.Headers {\n\t$carrier[string($header.Key)] = string($header.Value)\n}",
	},
	"github.com/twmb/franz-go/pkg/kgo.Record": {
		Field: "Headers",
		Put:   "$m.Headers = append($m.Headers, $pRecordHeader{Key: $key, Value: []byte($value)})",
		Get:   headerList,
	},
	"github.com/nats-io/nats.go.Msg": {
		Field: "Header",
		Init:  "$m.Header = $pHeader{}",
		Own:   "$propagationHeaderCarrier($m.Header)",
		Get:   "for $key := range $m.Header {\n\t$carrier[$stringsToLower($key)] = $m.Header.Get($key)\n}",
		Needs: lower,
	},
	"github.com/nats-io/nats.go/jetstream.Msg": {
		Get:   "for $key := range $m.Headers() {\n\t$carrier[$stringsToLower($key)] = $m.Headers().Get($key)\n}",
		Needs: lower,
	},
	"github.com/rabbitmq/amqp091-go.Publishing": {
		Field: "Headers",
		Init:  "$m.Headers = $pTable{}",
		Put:   "$m.Headers[$key] = $value",
	},
	"github.com/rabbitmq/amqp091-go.Delivery": {
		Field: "Headers",
		Get:   "for $key, $header := range $m.Headers {\n\tif $value, ok := $header.(string); ok {\n\t\t$carrier[$key] = $value\n\t}\n}",
	},
	"github.com/ThreeDotsLabs/watermill/message.Message": {
		Field: "Metadata",
		Put:   "$m.Metadata.Set($key, $value)",
		Get:   "for $key, $value := range $m.Metadata {\n\t$carrier[$key] = $value\n}",
	},
	// What cloud.google.com/go/pubsub and its v2 call Message.
	"cloud.google.com/go/internal/pubsub.Message": {
		Field: "Attributes",
		Init:  "$m.Attributes = map[string]string{}",
		Put:   "$m.Attributes[$key] = $value",
		Get:   "for $key, $value := range $m.Attributes {\n\t$carrier[$key] = $value\n}",
	},
	"github.com/aws/aws-sdk-go-v2/service/sqs.SendMessageInput":                   {Field: "MessageAttributes", Init: awsInit, Put: awsString, Needs: awsNeeds("sqs")},
	"github.com/aws/aws-sdk-go-v2/service/sqs/types.SendMessageBatchRequestEntry": {Field: "MessageAttributes", Init: awsInit, Put: awsString, Needs: awsNeeds("sqs")},
	"github.com/aws/aws-sdk-go-v2/service/sns.PublishInput":                       {Field: "MessageAttributes", Init: awsInit, Put: awsString, Needs: awsNeeds("sns")},
	"github.com/aws/aws-sdk-go-v2/service/sns/types.PublishBatchRequestEntry":     {Field: "MessageAttributes", Init: awsInit, Put: awsString, Needs: awsNeeds("sns")},
	"github.com/aws/aws-sdk-go-v2/service/sqs/types.Message":                      {Field: "MessageAttributes", Get: attributes},
	"github.com/redis/go-redis/v9.XAddArgs":                                       {},
	"github.com/redis/go-redis/v9.XMessage":                                       {},
	"github.com/hibiken/asynq.Task":                                               {},
	"github.com/riverqueue/river.Job":                                             {},
}

// A Publish says which argument of a function is the message it sends.
type Publish struct {
	// Arg is the message, or the first of several, or a slice of them.
	Arg int
	// In is the field of the argument that has them, "" for the argument itself.
	In string
	// Bare says that it has no headers: a trace would have to travel in the
	// body, which is for whoever defines it to say.
	Bare bool
}

// PublishOf returns what is known about a function that sends messages.
func (q *Queues) PublishOf(fn *types.Func) (Publish, bool) {
	if fn == nil {
		return Publish{}, false
	}
	name := key(fn.Origin())
	p, ok := publishers[name]
	if !ok {
		p, ok = q.publishers[name]
	}
	return p, ok
}

var publishers = map[string]Publish{
	"(*github.com/segmentio/kafka-go.Writer).WriteMessages":               {Arg: 1},
	"(*github.com/segmentio/kafka-go.Conn).WriteMessages":                 {Arg: 0},
	"(github.com/IBM/sarama.SyncProducer).SendMessage":                    {Arg: 0},
	"(github.com/IBM/sarama.SyncProducer).SendMessages":                   {Arg: 0},
	"(*github.com/twmb/franz-go/pkg/kgo.Client).Produce":                  {Arg: 1},
	"(*github.com/twmb/franz-go/pkg/kgo.Client).TryProduce":               {Arg: 1},
	"(*github.com/twmb/franz-go/pkg/kgo.Client).ProduceSync":              {Arg: 1},
	"(*github.com/nats-io/nats.go.Conn).PublishMsg":                       {Arg: 0},
	"(*github.com/nats-io/nats.go.Conn).RequestMsg":                       {Arg: 0},
	"(*github.com/nats-io/nats.go.Conn).RequestMsgWithContext":            {Arg: 1},
	"(github.com/nats-io/nats.go.JetStream).PublishMsg":                   {Arg: 0},
	"(github.com/nats-io/nats.go.JetStream).PublishMsgAsync":              {Arg: 0},
	"(github.com/nats-io/nats.go/jetstream.Publisher).PublishMsg":         {Arg: 1},
	"(github.com/nats-io/nats.go/jetstream.Publisher).PublishMsgAsync":    {Arg: 0},
	"(*github.com/nats-io/nats.go.Conn).Publish":                          {Arg: 1, Bare: true},
	"(*github.com/nats-io/nats.go.Conn).PublishRequest":                   {Arg: 2, Bare: true},
	"(github.com/nats-io/nats.go.JetStream).Publish":                      {Arg: 1, Bare: true},
	"(github.com/nats-io/nats.go.JetStream).PublishAsync":                 {Arg: 1, Bare: true},
	"(github.com/nats-io/nats.go/jetstream.Publisher).Publish":            {Arg: 2, Bare: true},
	"(github.com/nats-io/nats.go/jetstream.Publisher).PublishAsync":       {Arg: 1, Bare: true},
	"(*github.com/rabbitmq/amqp091-go.Channel).Publish":                   {Arg: 4},
	"(*github.com/rabbitmq/amqp091-go.Channel).PublishWithContext":        {Arg: 5},
	"(github.com/ThreeDotsLabs/watermill/message.Publisher).Publish":      {Arg: 1},
	"(*cloud.google.com/go/pubsub.Topic).Publish":                         {Arg: 1},
	"(*cloud.google.com/go/pubsub/v2.Publisher).Publish":                  {Arg: 1},
	"(*github.com/aws/aws-sdk-go-v2/service/sqs.Client).SendMessage":      {Arg: 1},
	"(*github.com/aws/aws-sdk-go-v2/service/sqs.Client).SendMessageBatch": {Arg: 1, In: "Entries"},
	"(*github.com/aws/aws-sdk-go-v2/service/sns.Client).Publish":          {Arg: 1},
	"(*github.com/aws/aws-sdk-go-v2/service/sns.Client).PublishBatch":     {Arg: 1, In: "PublishBatchRequestEntries"},
	"(*github.com/hibiken/asynq.Client).EnqueueContext":                   {Arg: 1, Bare: true},
	"(github.com/redis/go-redis/v9.cmdable).XAdd":                         {Arg: 1, Bare: true},
	"(github.com/redis/go-redis/v9.StreamCmdable).XAdd":                   {Arg: 1, Bare: true},
	"(*github.com/riverqueue/river.Client[TTx]).Insert":                   {Arg: 1, Bare: true},
}

// IsInlet reports whether fn returns the channel to which messages are sent.
func IsInlet(fn *types.Func) bool { return fn != nil && inlets[fn.FullName()] }

var inlets = map[string]bool{
	"(github.com/IBM/sarama.AsyncProducer).Input": true,
}

// Injects and Extracts report whether fn writes a context into a carrier, or
// reads one from it.
func Injects(fn *types.Func) bool { return isPropagation(fn, "Inject") }

// Extracts: see Injects.
func Extracts(fn *types.Func) bool { return isPropagation(fn, "Extract") }

// Fills returns the argument of a call of fn that is a carrier, and is filled
// with the span of a context or the like, by whichever tracer.
func Fills(fn *types.Func) (arg int, ok bool) {
	if Injects(fn) {
		return 1, true
	}
	if fn == nil {
		return 0, false
	}
	arg, ok = fills[key(fn)]
	return arg, ok
}

// github.com/opentracing/opentracing-go v1.2.0, gopkg.in/DataDog/dd-trace-go.v1
// v1.74.8, github.com/DataDog/dd-trace-go/v2 v2.12.0
var fills = map[string]int{
	"(github.com/opentracing/opentracing-go.Tracer).Inject":            2,
	"gopkg.in/DataDog/dd-trace-go.v1/ddtrace/tracer.Inject":            1,
	"(gopkg.in/DataDog/dd-trace-go.v1/ddtrace.Tracer).Inject":          1,
	"github.com/DataDog/dd-trace-go/v2/ddtrace/tracer.Inject":          1,
	"(github.com/DataDog/dd-trace-go/v2/ddtrace/tracer.Tracer).Inject": 1,
}

// CopiesMap reports whether fn returns a copy of a map that shares nothing
// with it.
func CopiesMap(fn *types.Func) bool {
	return fn != nil && (key(fn) == "(net/http.Header).Clone" || fn.FullName() == "maps.Clone")
}

// isPropagation knows the methods of all propagators by what they take: a
// context and a carrier.
func isPropagation(fn *types.Func, name string) bool {
	if fn == nil || fn.Name() != name || fn.Signature().Recv() == nil {
		return false
	}
	params := fn.Signature().Params()
	return params.Len() == 2 && IsContext(params.At(0).Type()) && isNamed(params.At(1).Type(), OtelPath+"/propagation", "TextMapCarrier")
}

// ReadsSpanContext reports whether fn takes out of a span what identifies it.
func ReadsSpanContext(fn *types.Func) bool {
	if fn == nil {
		return false
	}
	switch key(fn) {
	case "(" + TracePath + ".Span).SpanContext", TracePath + ".SpanContextFromContext":
		return true
	}
	return false
}

// SetsKind reports whether fn is the option that sets the kind of a span.
func SetsKind(fn *types.Func) bool { return fn != nil && key(fn) == TracePath+".WithSpanKind" }

// KindOf returns "Producer", "Consumer" and so on for the constant of a kind.
func KindOf(obj types.Object) (string, bool) {
	if c, ok := obj.(*types.Const); ok && c.Pkg() != nil && c.Pkg().Path() == TracePath && len(c.Name()) > len("SpanKind") && c.Name()[:len("SpanKind")] == "SpanKind" {
		return c.Name()[len("SpanKind"):], true
	}
	return "", false
}

// Instruments reports whether a program that uses the object has clients of
// queues that carry traces by themselves: by a package made for that, or by a
// hook, interceptor or middleware, which could.
func Instruments(obj types.Object) bool {
	if obj == nil || obj.Pkg() == nil {
		return false
	}
	for _, p := range instruments {
		if path := obj.Pkg().Path(); path == p || len(path) > len(p) && path[:len(p)+1] == p+"/" {
			return true
		}
	}
	return queueHooks[obj.Pkg().Path()+"."+obj.Name()]
}

var instruments = []string{
	"github.com/twmb/franz-go/plugin/kotel",
	"github.com/dnwe/otelsarama",
	"go.opentelemetry.io/contrib/instrumentation/github.com/Shopify/sarama/otelsarama",
	"go.opentelemetry.io/contrib/instrumentation/github.com/IBM/sarama/otelsarama",
	"go.opentelemetry.io/contrib/instrumentation/github.com/aws/aws-sdk-go-v2/otelaws",
	"github.com/ThreeDotsLabs/watermill-opentelemetry",
	"github.com/voi-oss/watermill-opentelemetry",
	"github.com/dentech-floss/watermill-opentelemetry-go-extra",
	"github.com/redis/go-redis/extra/redisotel",
	"github.com/riverqueue/rivercontrib/otelriver",
	"github.com/exaring/otelpgx",
	"github.com/segmentio/kafka-go/otelkafkakonsumer",
	"github.com/Trendyol/otel-kafka-konsumer",
}

var queueHooks = map[string]bool{
	"github.com/twmb/franz-go/pkg/kgo.WithHooks":                                    true,
	"github.com/IBM/sarama.Interceptors":                                            true,
	"github.com/ThreeDotsLabs/watermill/message.AddMiddleware":                      true,
	"github.com/ThreeDotsLabs/watermill/message.AddPublisherDecorators":             true,
	"github.com/ThreeDotsLabs/watermill/message.MessageTransformPublisherDecorator": true,
	"cloud.google.com/go/pubsub.EnableOpenTelemetryTracing":                         true,
	"cloud.google.com/go/pubsub/v2.EnableOpenTelemetryTracing":                      true,
	"github.com/hibiken/asynq.Use":                                                  true,
	"github.com/riverqueue/river.Middleware":                                        true,
	"github.com/riverqueue/river.JobInsertMiddleware":                               true,
	"github.com/riverqueue/river.WorkerMiddleware":                                  true,
	"github.com/redis/go-redis/v9.AddHook":                                          true,
	"github.com/aws/aws-sdk-go-v2/aws.APIOptions":                                   true,
}

// HasTrace reports whether values of the type are there to hold a trace: a
// context, a span or what identifies it, a request, a carrier.
func HasTrace(t types.Type) bool {
	return ImplementsContext(t) || IsSpan(t) || IsRequest(t) || isNamed(t, TracePath, "SpanContext") || isNamed(t, TracePath, "Link") ||
		method(t, "Get") != nil && method(t, "Set") != nil && method(t, "Keys") != nil
}

// Carrier reports whether values of the type may carry a context from one
// process, or one goroutine, to another: a context or span itself, or a list of
// named texts.
func Carrier(t types.Type) bool { return carrier(t, 0) }

func carrier(t types.Type, depth int) bool {
	if t == nil || depth > 3 {
		return true
	}
	if HasTrace(t) {
		return true
	}
	switch u := t.Underlying().(type) {
	case *types.Pointer:
		return carrier(u.Elem(), depth+1)
	case *types.Map:
		b, ok := u.Key().Underlying().(*types.Basic)
		return ok && b.Info()&types.IsString != 0
	case *types.Interface, *types.Signature, *types.Chan:
		return true // may hold anything, or be bound to a context
	case *types.Slice:
		if b, ok := u.Elem().Underlying().(*types.Basic); ok && b.Kind() == types.Byte {
			return true // encoded, who knows what of
		}
		return carrier(u.Elem(), depth+1)
	case *types.Struct:
		for i := range u.NumFields() {
			if carrier(u.Field(i).Type(), depth+1) {
				return true
			}
		}
	}
	return false
}

// IsServer reports whether a program that uses the object has servers that
// start a span, with the caller's as parent, before a handler is called.
func IsServer(obj types.Object) bool {
	fn, ok := obj.(*types.Func)
	return ok && (wrappers[key(fn)] || servers[key(fn)])
}

var servers = map[string]bool{
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp.NewMiddleware":              true,
	"go.opentelemetry.io/contrib/instrumentation/github.com/gin-gonic/gin/otelgin.Middleware":  true,
	"go.opentelemetry.io/contrib/instrumentation/github.com/gorilla/mux/otelmux.Middleware":    true,
	"go.opentelemetry.io/contrib/instrumentation/github.com/labstack/echo/otelecho.Middleware": true,
}
