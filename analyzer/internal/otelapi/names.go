package otelapi

import (
	"go/types"
	"strings"
)

// NameArg returns the argument that names a span.
func NameArg(fn *types.Func) (arg int, ok bool) {
	if fn == nil {
		return 0, false
	}
	arg, ok = nameArgs[key(fn)]
	return arg, ok
}

var nameArgs = map[string]int{
	"(go.opentelemetry.io/otel/trace.Tracer).Start": 1,
	"(go.opentelemetry.io/otel/trace.Span).SetName": 0,
}

// FormatsNames reports whether fn is the option that tells instrumentation how
// to name its spans, by a function that is its only argument.
func FormatsNames(fn *types.Func) bool {
	return fn != nil && fn.Pkg() != nil && fn.Name() == "WithSpanNameFormatter" &&
		strings.HasPrefix(fn.Pkg().Path(), "go.opentelemetry.io/contrib/instrumentation/") && fn.Signature().Params().Len() == 1
}

// ClientField reports whether a field has what a client has sent, which can
// be anything.
func ClientField(recv types.Type, field string) bool {
	switch {
	case IsRequest(recv) || isNamed(recv, "net/http", "Request"):
		return field == "Method" || field == "RequestURI" || field == "Host" || field == "RemoteAddr"
	case isPointerTo(recv, "net/url", "URL") || isNamed(recv, "net/url", "URL"):
		return field == "Path" || field == "RawPath" || field == "RawQuery"
	}
	p, ok := types.Unalias(recv).(*types.Pointer)
	if ok {
		recv = p.Elem()
	}
	named, ok := types.Unalias(recv).(*types.Named)
	return ok && named.Obj().Pkg() != nil && messageFields[named.Obj().Pkg().Path()+"."+named.Obj().Name()+"."+field]
}

// RPCMessage reports whether v, a parameter of a function with the signature,
// has the message of a call: what a method of a gRPC service is given, or what
// connect hands to its handlers.
func RPCMessage(sig *types.Signature, v *types.Var) bool {
	if isPointerTo(v.Type(), "connectrpc.com/connect", "Request") {
		return true
	}
	if sig.Params().Len() != 2 || sig.Params().At(1) != v || !IsContext(sig.Params().At(0).Type()) || sig.Results().Len() != 2 {
		return false
	}
	return method(v.Type(), "ProtoReflect") != nil && method(sig.Results().At(0).Type(), "ProtoReflect") != nil
}

// messageFields has what tells one message from the next. Topics, queues and
// subjects are not among them: there are as many as somebody has set up.
//
// Read from github.com/segmentio/kafka-go v0.4.51, github.com/IBM/sarama
// v1.61.1, github.com/twmb/franz-go v1.22.2, github.com/nats-io/nats.go
// v1.55.0, github.com/rabbitmq/amqp091-go v1.16.0,
// github.com/ThreeDotsLabs/watermill v1.5.1.
var messageFields = map[string]bool{
	"github.com/segmentio/kafka-go.Message.Key":                  true,
	"github.com/segmentio/kafka-go.Message.Value":                true,
	"github.com/segmentio/kafka-go.Message.Offset":               true,
	"github.com/IBM/sarama.ConsumerMessage.Key":                  true,
	"github.com/IBM/sarama.ConsumerMessage.Value":                true,
	"github.com/IBM/sarama.ConsumerMessage.Offset":               true,
	"github.com/twmb/franz-go/pkg/kgo.Record.Key":                true,
	"github.com/twmb/franz-go/pkg/kgo.Record.Value":              true,
	"github.com/twmb/franz-go/pkg/kgo.Record.Offset":             true,
	"github.com/nats-io/nats.go.Msg.Data":                        true,
	"github.com/nats-io/nats.go.Msg.Reply":                       true,
	"github.com/rabbitmq/amqp091-go.Delivery.Body":               true,
	"github.com/rabbitmq/amqp091-go.Delivery.CorrelationId":      true,
	"github.com/rabbitmq/amqp091-go.Delivery.DeliveryTag":        true,
	"github.com/rabbitmq/amqp091-go.Delivery.MessageId":          true,
	"github.com/ThreeDotsLabs/watermill/message.Message.Payload": true,
	"github.com/ThreeDotsLabs/watermill/message.Message.UUID":    true,
}

// FewRouted reports whether the field, although clients send it, is one of a
// few values in requests that a router has matched, or the program has made.
func FewRouted(field string) bool { return field == "Method" }

// AnyMethod reports whether a field is net/http's pattern of a request, which
// matches every method unless it names one.
func AnyMethod(recv types.Type, field string) bool { return IsRequest(recv) && field == "Pattern" }

// ClientValue reports whether fn returns what a client has sent, or a value
// that is made to be unique.
func ClientValue(fn *types.Func) bool { return fn != nil && clientValues[key(fn)] }

var clientValues = map[string]bool{
	"(*net/http.Request).FormValue":     true,
	"(*net/http.Request).PathValue":     true,
	"(*net/http.Request).PostFormValue": true,
	"(*net/http.Request).UserAgent":     true,
	"(net/http.Header).Get":             true,
	"(*net/url.URL).EscapedPath":        true,
	"(*net/url.URL).RequestURI":         true,
	"(*net/url.URL).String":             true,
	"(net/url.Values).Get":              true,

	"(*github.com/gin-gonic/gin.Context).Param":        true, // github.com/gin-gonic/gin v1.10.1
	"(*github.com/gin-gonic/gin.Context).Query":        true,
	"(*github.com/gin-gonic/gin.Context).GetHeader":    true,
	"(*github.com/gin-gonic/gin.Context).PostForm":     true,
	"(*github.com/gin-gonic/gin.Context).DefaultQuery": true,
	"github.com/go-chi/chi/v5.URLParam":                true, // github.com/go-chi/chi/v5 v5.5.0
	"(github.com/labstack/echo/v4.Context).Param":      true, // github.com/labstack/echo/v4 v4.13.4
	"(github.com/labstack/echo/v4.Context).QueryParam": true,
	"(*github.com/gofiber/fiber/v2.Ctx).Params":        true, // github.com/gofiber/fiber/v2 v2.52.9
	"(*github.com/gofiber/fiber/v2.Ctx).Query":         true,
	"(*github.com/gofiber/fiber/v2.Ctx).Path":          true,
	"(*github.com/gofiber/fiber/v2.Ctx).OriginalURL":   true,

	"(error).Error":               true,
	"(time.Time).Format":          true,
	"(time.Time).String":          true,
	"(time.Duration).String":      true,
	"encoding/hex.EncodeToString": true,
}

// Passes returns the arguments of which the text that fn returns is made.
func Passes(fn *types.Func) (from, to int, ok bool) {
	if fn == nil {
		return 0, 0, false
	}
	args, ok := textual[key(fn)]
	return args[0], args[1], ok
}

var textual = map[string][2]int{
	"path.Base":          {0, 1},
	"path/filepath.Base": {0, 1},
	"strconv.Itoa":       {0, 1},
	"strconv.FormatInt":  {0, 1},
	"strconv.FormatUint": {0, 1},
	"strconv.Quote":      {0, 1},
	"strings.Clone":      {0, 1},
	"strings.Replace":    {0, 1},
	"strings.ReplaceAll": {0, 1},
	"strings.ToLower":    {0, 1},
	"strings.ToUpper":    {0, 1},
	"strings.Trim":       {0, 1},
	"strings.TrimLeft":   {0, 1},
	"strings.TrimPrefix": {0, 1},
	"strings.TrimRight":  {0, 1},
	"strings.TrimSpace":  {0, 1},
	"strings.TrimSuffix": {0, 1},
	"path.Join":          {0, 9},
	"path/filepath.Join": {0, 9},
	"fmt.Sprint":         {0, 9},
	"fmt.Sprintln":       {0, 9},
}

// Formats reports whether fn is fmt.Sprintf.
func Formats(fn *types.Func) bool { return fn != nil && key(fn) == "fmt.Sprintf" }

// Unique reports whether values of t are as good as unique: instants, lengths
// of time, identifiers made of random bytes.
func Unique(t types.Type) bool {
	if isNamed(t, "time", "Time") || isNamed(t, "time", "Duration") {
		return true
	}
	a, ok := t.Underlying().(*types.Array)
	if !ok {
		return false
	}
	b, ok := a.Elem().Underlying().(*types.Basic)
	return ok && b.Kind() == types.Byte && a.Len() >= 8
}
