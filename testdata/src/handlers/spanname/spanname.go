// Package spanname has handlers of frameworks that name spans after the path of
// the request.
package spanname

import (
	"net/http"

	"github.com/gin-gonic/gin"
	"github.com/go-chi/chi/v5"
	"github.com/gofiber/fiber/v2"
	"github.com/gorilla/mux"
	"github.com/julienschmidt/httprouter"
	"github.com/labstack/echo/v4"
	echo5 "github.com/labstack/echo/v5"
	"go.opentelemetry.io/otel"
)

var tracer = otel.Tracer("spanname")

func routesOfGin() *gin.Engine {
	router := gin.Default()
	router.Use(variableByMiddleware)
	api := router.Group("/api")
	api.GET("/orders", silentByGin)
	api.Handle(http.MethodPost, "/orders", auth, silentByGinFactory("orders"))
	api.GET("/orders/:id", variableByGin)
	tenants := router.Group("/:tenant")
	tenants.Group("/v1").GET("/orders", variableBelowAParameter)
	router.GET("/files/*path", func(c *gin.Context) {
		_, span := tracer.Start(c.Request.Context(), c.Request.URL.Path) // want `span name contains c.Request.URL.Path`
		defer span.End()
	})
	return router
}

func auth(c *gin.Context) { c.Next() }

func variableByMiddleware(c *gin.Context) {
	_, span := tracer.Start(c.Request.Context(), c.Request.URL.Path) // want `span name contains c.Request.URL.Path`
	defer span.End()
	c.Next()
}

func silentByGin(c *gin.Context) {
	_, span := tracer.Start(c.Request.Context(), c.Request.Method+" "+c.Request.URL.Path)
	defer span.End()
}

func silentByGinFactory(what string) gin.HandlerFunc {
	return func(c *gin.Context) {
		_, span := tracer.Start(c.Request.Context(), c.Request.URL.Path)
		defer span.End()
		c.JSON(http.StatusOK, what)
	}
}

func variableByGin(c *gin.Context) {
	_, span := tracer.Start(c.Request.Context(), c.Request.URL.Path) // want `span name contains c.Request.URL.Path`
	defer span.End()
}

func variableBelowAParameter(c *gin.Context) {
	_, span := tracer.Start(c.Request.Context(), c.Request.URL.Path) // want `span name contains c.Request.URL.Path`
	defer span.End()
}

func routesOfChi(users chi.Router) http.Handler {
	router := chi.NewRouter()
	router.Get("/health", silentByChi)
	router.With(traced).Get("/ready", silentByChi)
	router.Route("/api", func(router chi.Router) {
		router.Method(http.MethodPost, "/orders", http.HandlerFunc(silentBelowChi))
	})
	router.Route("/{tenant}", func(router chi.Router) {
		router.Group(func(router chi.Router) { router.Get("/orders", variableBelowChi) })
	})
	users.Get("/list", variableMounted)
	router.Mount("/{tenant}/users", users)
	return router
}

func traced(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, span := tracer.Start(r.Context(), r.URL.Path) // want `span name contains r.URL.Path`
		defer span.End()
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

func silentByChi(w http.ResponseWriter, r *http.Request) {
	_, span := tracer.Start(r.Context(), r.URL.Path)
	defer span.End()
}

func silentBelowChi(w http.ResponseWriter, r *http.Request) {
	_, span := tracer.Start(r.Context(), r.URL.Path)
	defer span.End()
}

func variableBelowChi(w http.ResponseWriter, r *http.Request) {
	_, span := tracer.Start(r.Context(), r.URL.Path) // want `span name contains r.URL.Path`
	defer span.End()
}

func variableMounted(w http.ResponseWriter, r *http.Request) {
	_, span := tracer.Start(r.Context(), r.URL.Path) // want `span name contains r.URL.Path`
	defer span.End()
}

func routesOfGorilla() http.Handler {
	router := mux.NewRouter()
	router.HandleFunc("/orders", silentByGorilla).Methods(http.MethodGet)
	router.HandleFunc("/orders/{id:[0-9]+}", variableByGorilla)
	router.PathPrefix("/{tenant}").Subrouter().HandleFunc("/orders", variableBelowGorilla)
	router.PathPrefix("/files").Handler(http.HandlerFunc(variableByPrefix))
	return router
}

func silentByGorilla(w http.ResponseWriter, r *http.Request) {
	_, span := tracer.Start(r.Context(), r.URL.Path)
	defer span.End()
}

func variableByGorilla(w http.ResponseWriter, r *http.Request) {
	_, span := tracer.Start(r.Context(), r.URL.Path) // want `span name contains r.URL.Path`
	defer span.End()
}

func variableBelowGorilla(w http.ResponseWriter, r *http.Request) {
	_, span := tracer.Start(r.Context(), r.URL.Path) // want `span name contains r.URL.Path`
	defer span.End()
}

func variableByPrefix(w http.ResponseWriter, r *http.Request) {
	_, span := tracer.Start(r.Context(), r.URL.Path) // want `span name contains r.URL.Path`
	defer span.End()
}

func routesOfEcho(e *echo.Echo, v5 *echo5.Echo) {
	e.GET("/orders", silentByEcho)
	e.Group("/api").POST("/orders", silentByEcho)
	e.GET("/orders/:id", variableByEcho)
	e.RouteNotFound("/missing", variableByEcho)
	v5.GET("/orders", func(c *echo5.Context) error {
		_, span := tracer.Start(c.Request().Context(), c.Request().URL.Path)
		defer span.End()
		return nil
	})
}

func silentByEcho(c echo.Context) error {
	_, span := tracer.Start(c.Request().Context(), c.Request().URL.Path)
	defer span.End()
	return nil
}

func variableByEcho(c echo.Context) error {
	_, span := tracer.Start(c.Request().Context(), c.Request().URL.Path) // want `span name contains c.Request\(\).URL.Path`
	defer span.End()
	return nil
}

func routesOfOthers(router *httprouter.Router, app *fiber.App) {
	router.GET("/orders", func(w http.ResponseWriter, r *http.Request, _ httprouter.Params) {
		_, span := tracer.Start(r.Context(), r.URL.Path)
		defer span.End()
	})
	router.GET("/orders/:id", func(w http.ResponseWriter, r *http.Request, _ httprouter.Params) {
		_, span := tracer.Start(r.Context(), r.URL.Path) // want `span name contains r.URL.Path`
		defer span.End()
	})
	app.Get("/orders", func(c *fiber.Ctx) error {
		_, span := tracer.Start(c.UserContext(), c.Path())
		defer span.End()
		return nil
	})
	app.Get("/orders/:id", func(c *fiber.Ctx) error {
		_, span := tracer.Start(c.UserContext(), c.Path()) // want `span name contains c.Path\(\)`
		defer span.End()
		return nil
	})
}
