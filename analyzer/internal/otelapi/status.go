package otelapi

import (
	"go/constant"
	"go/types"
)

// SetsStatus reports whether fn sets the status of a span, RecordsError
// whether it only notes an error: that leaves the status as it was.
func SetsStatus(fn *types.Func) bool   { return fn != nil && statusSetters[key(fn)] }
func RecordsError(fn *types.Func) bool { return fn != nil && errorRecorders[key(fn)] }

// AsksRecording reports whether fn says if a span is recorded at all.
func AsksRecording(fn *types.Func) bool {
	return fn != nil && fn.FullName() == "(go.opentelemetry.io/otel/trace.Span).IsRecording"
}

var statusSetters = map[string]bool{"(go.opentelemetry.io/otel/trace.Span).SetStatus": true}

var errorRecorders = map[string]bool{"(go.opentelemetry.io/otel/trace.Span).RecordError": true}

// IsErrorStatus reports whether a code can be that of an error: it is no
// constant, or the constant codes.Error.
func IsErrorStatus(code constant.Value) bool {
	if code == nil {
		return true
	}
	n, ok := constant.Uint64Val(code)
	return !ok || n == errorCode
}

// errorCode is codes.Error of go.opentelemetry.io/otel/codes v1.47.0.
const errorCode = 1

// CodesPath is the package of the status codes.
const CodesPath = OtelPath + "/codes"

// Expected reports whether an error variable stands for an end or an absence
// that callers expect, not for a failure.
func Expected(v *types.Var) bool {
	return v != nil && v.Pkg() != nil && expected[v.Pkg().Path()+"."+v.Name()]
}

// MakesError reports whether fn makes an error of a text, as fmt.Errorf and
// errors.New do: what it returns is never nil.
func MakesError(fn *types.Func) bool {
	if fn == nil || fn.Pkg() == nil || fn.Signature().Recv() != nil {
		return false
	}
	sig := fn.Signature()
	n := sig.Params().Len()
	if sig.Results().Len() != 1 || !IsError(sig.Results().At(0).Type()) {
		return false
	}
	isString := func(i int) bool {
		b, ok := sig.Params().At(i).Type().(*types.Basic)
		return ok && b.Kind() == types.String
	}
	if !sig.Variadic() {
		return n == 1 && isString(0) && fn.Pkg().Name() == "errors"
	}
	values, ok := sig.Params().At(n - 1).Type().(*types.Slice)
	if !ok || n < 2 || !isString(n-2) || IsContext(sig.Params().At(0).Type()) {
		return false
	}
	value, ok := values.Elem().Underlying().(*types.Interface)
	return ok && value.Empty()
}

// TellsError reports whether fn makes an error of another one, or of a text, in
// the light of a context: a function that belongs to nothing by which it could
// reach a database, and returns an error alone. It takes the language, the
// request or the fields of a logger from the context, and does no work.
func TellsError(fn *types.Func) bool {
	if fn == nil || fn.Pkg() == nil || fn.Signature().Recv() != nil {
		return false
	}
	sig := fn.Signature()
	if sig.Results().Len() != 1 || !IsError(sig.Results().At(0).Type()) || sig.Params().Len() < 2 || !IsContext(sig.Params().At(0).Type()) {
		return false
	}
	wraps := false
	for i := 1; i < sig.Params().Len(); i++ {
		t := sig.Params().At(i).Type()
		switch u := t.Underlying().(type) {
		case *types.Basic:
		case *types.Slice: // what goes into the text
			value, ok := u.Elem().Underlying().(*types.Interface)
			if !ok || !value.Empty() || !sig.Variadic() || i < sig.Params().Len()-1 {
				return false
			}
		default:
			if !IsError(t) {
				return false
			}
			wraps = true
		}
	}
	return wraps
}

// Canceled reports whether an error variable says that the work was cancelled.
func Canceled(v *types.Var) bool {
	return v != nil && v.Pkg() != nil && v.Pkg().Path() == "context" && v.Name() == "Canceled"
}

// TellsEnd reports whether fn returns why a context has ended, and nil while it
// goes on.
func TellsEnd(fn *types.Func) bool {
	if fn == nil || fn.Pkg() == nil {
		return false
	}
	if recv := fn.Signature().Recv(); recv != nil {
		return fn.Name() == "Err" && ImplementsContext(recv.Type())
	}
	return fn.Pkg().Path() == "context" && fn.Name() == "Cause"
}

var expected = map[string]bool{
	"context.Canceled":                    true,
	"database/sql.ErrNoRows":              true,
	"io.EOF":                              true,
	"io/fs.ErrNotExist":                   true,
	"io/fs.SkipAll":                       true,
	"io/fs.SkipDir":                       true,
	"net/http.ErrServerClosed":            true,
	"os.ErrNotExist":                      true,
	"path/filepath.SkipAll":               true,
	"path/filepath.SkipDir":               true,
	"github.com/jackc/pgx/v5.ErrNoRows":   true, // github.com/jackc/pgx/v5 v5.7.5
	"google.golang.org/api/iterator.Done": true, // google.golang.org/api v0.240.0
	"gorm.io/gorm.ErrRecordNotFound":      true, // gorm.io/gorm v1.30.0
}

// GRPCStatus reports whether fn makes an error with a code of gRPC as its
// first argument.
func GRPCStatus(fn *types.Func) bool { return fn != nil && grpcStatus[key(fn)] }

var grpcStatus = map[string]bool{
	"google.golang.org/grpc/status.Error":  true,
	"google.golang.org/grpc/status.Errorf": true,
}

// ExpectedCode reports whether a code of gRPC is that of no failure of the
// server: OK, Canceled, NotFound.
func ExpectedCode(code constant.Value) bool {
	n, ok := constant.Uint64Val(code)
	return ok && (n == 0 || n == 1 || n == 5)
}

// CanceledCode reports whether a constant is gRPC's or connect's code for work
// that was cancelled.
func CanceledCode(c *types.Const) bool {
	if c == nil || c.Pkg() == nil {
		return false
	}
	return c.Pkg().Path() == "google.golang.org/grpc/codes" && c.Name() == "Canceled" ||
		c.Pkg().Path() == "connectrpc.com/connect" && c.Name() == "CodeCanceled"
}
