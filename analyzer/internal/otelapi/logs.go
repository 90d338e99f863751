package otelapi

import "go/types"

// A Logger is how a log call is given a context.
type Logger struct {
	// Method takes the context as its first argument, in place of the one that
	// is called; "" where the library has another way.
	Method string
	// Way is that other way, as it is written; Uses the functions that a
	// program calls which goes it.
	Way  string
	Uses []string
}

// LogCall returns how a log call that is given no context could be given one.
// For a library whose loggers look at contexts only if they are told to, what
// tells whether the program does is in Uses.
//
// recv is what the method is called on, nil for a function: loggers that are
// built round others have methods with a context beside those of the other.
func LogCall(fn *types.Func, recv types.Type) (Logger, bool) {
	if fn == nil {
		return Logger{}, false
	}
	l, ok := logCalls[key(fn)]
	if ok && recv != nil && l.Method == "" {
		with := fn.Name() + "Context"
		if m := method(recv, with); m != nil && m.Signature().Params().Len() > 0 && IsContext(m.Signature().Params().At(0).Type()) {
			return Logger{Method: with}, true
		}
	}
	return l, ok
}

var logCalls = func() map[string]Logger {
	calls := map[string]Logger{
		// Messages of zerolog are sent at the end of a chain of calls.
		"(*github.com/rs/zerolog.Event).Msg":  zerolog, // github.com/rs/zerolog v1.34.0
		"(*github.com/rs/zerolog.Event).Msgf": zerolog,
		"(*github.com/rs/zerolog.Event).Send": zerolog,
	}
	for _, level := range []string{"Debug", "Info", "Warn", "Error"} {
		for _, recv := range []string{"log/slog.", "(*log/slog.Logger)."} {
			calls[recv+level] = Logger{Method: level + "Context"}
		}
		// go.uber.org/zap v1.28.0. What wraps it has more methods, as has
		// github.com/uptrace/opentelemetry-go-extra/otelzap v0.3.2.
		for _, form := range []string{level, level + "f", level + "w", level + "ln"} {
			calls["(*go.uber.org/zap.SugaredLogger)."+form] = zap
		}
		calls["(*go.uber.org/zap.Logger)."+level] = zap
		// github.com/sirupsen/logrus v1.9.3
		for _, form := range []string{level, level + "f", level + "ln"} {
			for _, recv := range []string{"github.com/sirupsen/logrus.", "(*github.com/sirupsen/logrus.Logger).", "(*github.com/sirupsen/logrus.Entry)."} {
				calls[recv+form] = logrus
			}
		}
	}
	return calls
}()

// The bridge takes the context out of the fields of a line:
// go.opentelemetry.io/contrib/bridges/otelzap v0.19.0.
var zap = Logger{Way: `zap.Any("context", ctx)`, Uses: []string{"go.opentelemetry.io/contrib/bridges/otelzap.NewCore"}}

var zerolog = Logger{Way: "Ctx(ctx)", Uses: []string{"(*github.com/rs/zerolog.Event).Ctx", "(github.com/rs/zerolog.Context).Ctx", "(*github.com/rs/zerolog.Event).GetCtx"}}

var logrus = Logger{Way: "WithContext(ctx)", Uses: []string{
	"github.com/sirupsen/logrus.WithContext",
	"(*github.com/sirupsen/logrus.Logger).WithContext",
	"(*github.com/sirupsen/logrus.Entry).WithContext",
}}
