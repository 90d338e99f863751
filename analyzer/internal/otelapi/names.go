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
	arg, ok = nameArgs[fn.FullName()]
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
	return false
}

// FewRouted reports whether the field, although clients send it, is one of a
// few values in requests that a router has matched, or the program has made.
func FewRouted(field string) bool { return field == "Method" }

// AnyMethod reports whether a field is net/http's pattern of a request, which
// matches every method unless it names one.
func AnyMethod(recv types.Type, field string) bool { return IsRequest(recv) && field == "Pattern" }

// ClientValue reports whether fn returns what a client has sent, or a value
// that is made to be unique.
func ClientValue(fn *types.Func) bool { return fn != nil && clientValues[fn.FullName()] }

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
	args, ok := textual[fn.FullName()]
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
func Formats(fn *types.Func) bool { return fn != nil && fn.FullName() == "fmt.Sprintf" }

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
