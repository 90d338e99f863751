package spanname

import (
	"fmt"
	"net/http"
	"strings"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
)

// A handler that is registered under one path, or a few, has as many names.
func silentServedUnderOnePath(mux *http.ServeMux, h http.Handler, cors func(http.Handler) http.Handler) {
	http.Handle("/query", cors(otelhttp.NewHandler(h, "", otelhttp.WithSpanNameFormatter(func(_ string, r *http.Request) string {
		return fmt.Sprintf("%s %s", r.Method, r.URL.Path)
	}))))

	mux.Handle("POST /upload", otelhttp.NewHandler(h, "", otelhttp.WithSpanNameFormatter(func(_ string, r *http.Request) string {
		return r.URL.EscapedPath()
	})))

	traced := otelhttp.NewHandler(h, "", otelhttp.WithSpanNameFormatter(func(_ string, req *http.Request) string {
		url := req.URL
		return strings.ToLower(url.Path)
	}))
	traced = cors(traced)
	mux.Handle("api.example.org/status", traced)
	mux.Handle("/status", traced)

	options := []otelhttp.Option{otelhttp.WithSpanNameFormatter(nameOfServed)}
	options = append(options, otelhttp.WithPublicEndpointFn(func(*http.Request) bool { return true }))
	mux.Handle("GET /exact/{$}", otelhttp.NewHandler(h, "", options...))

	trace := otelhttp.NewMiddleware("", otelhttp.WithSpanNameFormatter(func(_ string, r *http.Request) string {
		return "middleware " + r.URL.Path
	}))
	mux.Handle("/metrics", trace(h))
}

func nameOfServed(_ string, r *http.Request) string { return "served " + pathOfServed(r) }

func pathOfServed(r *http.Request) string { return r.URL.Path }

func silentServedInALiteral(mux *http.ServeMux) {
	mux.HandleFunc("/report", func(w http.ResponseWriter, r *http.Request) {
		_, span := tracer.Start(r.Context(), r.Method+" "+r.URL.Path)
		defer span.End()
	})
}

// A server has handlers in fields, methods and constructors.
type server struct {
	mux    *http.ServeMux
	base   string
	traced http.Handler
}

const queryRoute = "/query"

func (s *server) routes() {
	s.mux.HandleFunc("GET "+queryRoute, s.silentServedMethod)
	s.mux.Handle(s.base+"/search", http.HandlerFunc(s.silentServedBelowABase))
	s.traced = silentMade("traced")
	s.mux.Handle("/traced", s.traced)
	s.handle("/events", s.silentServedByHelper)
	s.handle("/alerts", s.silentServedByHelper)
	for _, path := range []string{"/first", "/second"} {
		s.mux.HandleFunc(path, silentServedUnderEach)
	}
	for _, row := range routeTable {
		s.mux.HandleFunc(row.pattern, silentServedByTable)
	}
	s.mux.Handle("/object", &silentObject{})
	s.mux.HandleFunc("/inner", func(w http.ResponseWriter, r *http.Request) { silentMade("inner").ServeHTTP(w, r) })
}

var routeTable = []struct{ pattern, help string }{
	{"/table", "lists"},
	{"POST /row", "adds"},
}

func (s *server) handle(pattern string, h http.HandlerFunc) {
	s.mux.Handle(pattern, otelhttp.NewHandler(h, pattern))
}

func (s *server) silentServedMethod(w http.ResponseWriter, r *http.Request) {
	s.silentPassedOn(w, r.WithContext(r.Context()), r.URL.Query().Has("all"))
	s.silentHandedOn(w, r)
}

func (s *server) silentHandedOn(w http.ResponseWriter, r *http.Request) {
	_, span := tracer.Start(r.Context(), "handed "+r.URL.Path)
	defer span.End()
}

func (s *server) silentServedBelowABase(w http.ResponseWriter, r *http.Request) {
	_, span := tracer.Start(r.Context(), r.URL.Path)
	defer span.End()
}

func (s *server) silentServedByHelper(w http.ResponseWriter, r *http.Request) {
	_, span := start(r.Context(), r.URL.Path)
	defer span.End()
}

func silentServedUnderEach(w http.ResponseWriter, r *http.Request) {
	_, span := tracer.Start(r.Context(), r.URL.Path)
	defer span.End()
}

func silentServedByTable(w http.ResponseWriter, r *http.Request) {
	_, span := tracer.Start(r.Context(), r.URL.Path)
	defer span.End()
}

func silentMade(prefix string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, span := tracer.Start(r.Context(), r.URL.Path)
		defer span.End()
	})
}

type silentObject struct{}

func (*silentObject) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, span := tracer.Start(r.Context(), r.URL.Path)
	defer span.End()
}

func (s *server) silentPassedOn(w http.ResponseWriter, r *http.Request, all bool) {
	_, span := tracer.Start(r.Context(), "passed "+r.URL.Path)
	defer span.End()
}

// What else a client has sent is data all the same.
func variableQueryUnderOnePath(mux *http.ServeMux) {
	mux.HandleFunc("/find", func(w http.ResponseWriter, r *http.Request) {
		_, span := tracer.Start(r.Context(), r.URL.Path+" "+r.URL.RawQuery) // want `span name contains r.URL.RawQuery`
		defer span.End()
	})
	mux.HandleFunc("/uri", func(w http.ResponseWriter, r *http.Request) {
		_, span := tracer.Start(r.Context(), r.RequestURI) // want `span name contains r.RequestURI`
		defer span.End()
	})
}

func variableUnderManyPaths(mux *http.ServeMux, h http.Handler, configured string) {
	format := func() otelhttp.Option {
		return otelhttp.WithSpanNameFormatter(func(_ string, r *http.Request) string {
			return r.URL.Path // want `span name contains r.URL.Path`
		})
	}
	mux.Handle("/here", otelhttp.NewHandler(h, "", format()))

	mux.Handle("/", otelhttp.NewHandler(h, "", otelhttp.WithSpanNameFormatter(func(_ string, r *http.Request) string {
		return r.URL.Path // want `span name contains r.URL.Path`
	})))
	mux.Handle("/api/", otelhttp.NewHandler(h, "", otelhttp.WithSpanNameFormatter(func(_ string, r *http.Request) string {
		return r.URL.Path // want `span name contains r.URL.Path`
	})))
	mux.Handle("GET /orders/{id}", otelhttp.NewHandler(h, "", otelhttp.WithSpanNameFormatter(func(_ string, r *http.Request) string {
		return r.URL.Path // want `span name contains r.URL.Path`
	})))
	mux.Handle("/{tenant}/orders", otelhttp.NewHandler(h, "", otelhttp.WithSpanNameFormatter(func(_ string, r *http.Request) string {
		return r.URL.Path // want `span name contains r.URL.Path`
	})))
	mux.Handle("/{tenant}"+configured+"/orders", otelhttp.NewHandler(h, "", otelhttp.WithSpanNameFormatter(func(_ string, r *http.Request) string {
		return r.URL.Path // want `span name contains r.URL.Path`
	})))
	mux.Handle(configured, otelhttp.NewHandler(h, "", otelhttp.WithSpanNameFormatter(func(_ string, r *http.Request) string {
		return r.URL.Path // want `span name contains r.URL.Path`
	})))

	both := otelhttp.NewHandler(h, "", otelhttp.WithSpanNameFormatter(func(_ string, r *http.Request) string {
		return r.URL.Path // want `span name contains r.URL.Path`
	}))
	mux.Handle("/one", both)
	mux.Handle("/many/", both)
}

// The router is below the handler, and the handler has all paths.
func variableAroundARouter(h http.Handler) error {
	mux := http.NewServeMux()
	mux.Handle("/one", h)
	return http.ListenAndServe(":80", otelhttp.NewHandler(mux, "", otelhttp.WithSpanNameFormatter(func(_ string, r *http.Request) string {
		return r.URL.Path // want `span name contains r.URL.Path`
	})))
}

func (s *server) more() {
	s.mux.HandleFunc("/more", s.variableHandedOnByMany)
	s.mux.HandleFunc("/more/", s.variableElsewhereToo)
	s.handle("/rest/", s.variableByHelper)
}

func (s *server) variableElsewhereToo(w http.ResponseWriter, r *http.Request) {
	s.variableHandedOnByMany(w, r)
}

func (s *server) variableHandedOnByMany(w http.ResponseWriter, r *http.Request) {
	_, span := tracer.Start(r.Context(), r.URL.Path) // want `span name contains r.URL.Path`
	defer span.End()
}

func (s *server) variableByHelper(w http.ResponseWriter, r *http.Request) {
	_, span := tracer.Start(r.Context(), r.URL.Path) // want `span name contains r.URL.Path`
	defer span.End()
}

// A client's own requests go to many paths.
func variableClient() *http.Client {
	return &http.Client{Transport: otelhttp.NewTransport(nil, otelhttp.WithSpanNameFormatter(func(_ string, r *http.Request) string {
		return r.URL.Path // want `span name contains r.URL.Path`
	}))}
}

// Tables bring patterns and handlers together.
func tables(mux *http.ServeMux) {
	for _, row := range []struct {
		pattern string
		handler http.HandlerFunc
	}{
		{"/rows", silentInARow},
		{handler: variableInARow, pattern: "/rows/"},
		{pattern: "GET /" + "keyed", handler: func(w http.ResponseWriter, r *http.Request) {
			_, span := tracer.Start(r.Context(), r.URL.Path)
			defer span.End()
		}},
	} {
		mux.HandleFunc(row.pattern, row.handler)
	}
	entries := map[string]http.HandlerFunc{"/entry": silentInAMap, "/entry/{id}": variableInAMap}
	for pattern, h := range entries {
		mux.Handle(pattern, otelhttp.NewHandler(h, pattern))
	}
	for pattern, h := range map[string]func(http.ResponseWriter, *http.Request){"/direct": silentInAMap} {
		register := mux.HandleFunc
		register(pattern, h)
	}
}

func silentInARow(w http.ResponseWriter, r *http.Request) {
	_, span := tracer.Start(r.Context(), r.URL.Path)
	defer span.End()
}

func variableInARow(w http.ResponseWriter, r *http.Request) {
	_, span := tracer.Start(r.Context(), r.URL.Path) // want `span name contains r.URL.Path`
	defer span.End()
}

func silentInAMap(w http.ResponseWriter, r *http.Request) {
	_, span := tracer.Start(r.Context(), r.URL.Path)
	defer span.End()
}

func variableInAMap(w http.ResponseWriter, r *http.Request) {
	_, span := tracer.Start(r.Context(), r.URL.Path) // want `span name contains r.URL.Path`
	defer span.End()
}
