package otelapi

import (
	"fmt"
	"go/types"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// unserved are modules that a proxy may refuse; their entries were read from
// the source.
var unserved = []string{"github.com/RichardKnop/machinery/v2"}

// handlerNames returns the full names in the tables of handlers.
func handlerNames() (types, funcs []string) {
	plain := func(s string) string { return strings.TrimPrefix(s, "*") }
	for _, h := range handlers {
		types = append(types, plain(h.Request))
		if h.Beside != "" {
			types = append(types, plain(h.Beside))
		}
	}
	for _, list := range [][]typeName{pooled, commands, deliveries} {
		for _, n := range list {
			types = append(types, n.path+"."+n.name)
		}
	}
	types = append(types, keys(handlerTypes)...)
	return types, slices.Concat(keys(registrars), keys(carried))
}

// handlerPackages loads the packages in which the tables' entries are declared.
func handlerPackages(t *testing.T) map[string]*types.Package {
	t.Helper()
	typeNames, funcNames := handlerNames()
	var paths []string
	for _, name := range typeNames {
		paths = append(paths, parseType(name).path)
	}
	for _, name := range funcNames {
		paths = append(paths, packageOf(name))
	}
	for _, h := range handlers {
		paths = append(paths, typePackage(h.Type))
	}
	slices.Sort(paths)
	paths = slices.DeleteFunc(slices.Compact(paths), func(path string) bool {
		return slices.Contains(unserved, path) || strings.Contains(path, "/internal") // an alias of it is public
	})
	byPath := make(map[string]*types.Package)
	var add func(*types.Package)
	add = func(pkg *types.Package) {
		if byPath[pkg.Path()] == nil {
			byPath[pkg.Path()] = pkg
			for _, imp := range pkg.Imports() {
				add(imp)
			}
		}
	}
	for _, pkg := range checkIn(t, testdata("handlers"), importing(paths)).Imports() {
		add(pkg)
	}
	for _, path := range paths {
		if byPath[path] == nil {
			t.Errorf("there is no package %s", path)
		}
	}
	return byPath
}

// typePackage returns the package of the declaration that has a handler's shape.
func typePackage(s string) string {
	s, _, _ = strings.Cut(strings.TrimPrefix(s, "("), "#")
	s, _, _ = strings.Cut(s, ")")
	s, _, _ = strings.Cut(s, "[")
	return parseType(s).path
}

// declared returns the signature of a declaration: a type of function, the
// method of an interface, or the parameter of a function.
func declared(byPath map[string]*types.Package, s string) (*types.Signature, error) {
	pkg := byPath[typePackage(s)]
	if pkg == nil {
		return nil, fmt.Errorf("there is no package of %s", s)
	}
	name, param, isParam := strings.Cut(s, "#")
	if recv, m, ok := strings.Cut(strings.TrimPrefix(name, "("), ")."); ok {
		recv, _, _ = strings.Cut(recv, "[")
		obj := pkg.Scope().Lookup(parseType(recv).name)
		if obj == nil {
			return nil, fmt.Errorf("there is no type %s", recv)
		}
		fn := method(obj.Type(), m)
		if fn == nil || !types.IsInterface(obj.Type()) {
			return nil, fmt.Errorf("no interface has a method %s", s)
		}
		return fn.Signature(), nil
	}
	obj := pkg.Scope().Lookup(parseType(name).name)
	if obj == nil {
		return nil, fmt.Errorf("there is no %s", name)
	}
	t := obj.Type()
	if isParam {
		i, err := strconv.Atoi(param)
		if err != nil {
			return nil, err
		}
		t = t.(*types.Signature).Params().At(i).Type()
	}
	sig, ok := t.Underlying().(*types.Signature)
	if !ok {
		return nil, fmt.Errorf("%s is no type of function", s)
	}
	return sig, nil
}

// Every entry is found in the real module, and what the module declares has
// the shape that the entry says: through the parameter of that type.
func TestHandlers(t *testing.T) {
	byPath := handlerPackages(t)
	for i, h := range handlers {
		sig, err := declared(byPath, h.Type)
		if err != nil {
			t.Error(err)
			continue
		}
		got, slot, ok := HandlerOf(sig)
		if !ok {
			t.Errorf("%s is not known as a handler", h.Type)
			continue
		}
		if got != &handlers[i] && (got.Request != h.Request || got.Beside != h.Beside) {
			t.Errorf("%s has the shape of %s", h.Type, got.Type)
		}
		at := sig.Params().At(slot).Type()
		if h.Request != serverStreams && !parseType(h.Request).of(at) {
			t.Errorf("%s: the request comes as %s", h.Type, at)
		}
		// These frameworks keep what they hand out in pools.
		framework := slices.ContainsFunc([]string{"gin-gonic", "labstack", "gofiber", "valyala"}, func(owner string) bool {
			return strings.HasPrefix(parseType(h.Request).path, "github.com/"+owner+"/")
		})
		if Pooled(at) != framework {
			t.Errorf("%s: pooled is %v", h.Type, !framework)
		}
	}
	typeNames, funcNames := handlerNames()
	for _, name := range typeNames {
		n := parseType(name)
		if pkg := byPath[n.path]; n.path != "context" && pkg != nil && pkg.Scope().Lookup(n.name) == nil {
			t.Errorf("there is no type %s", name)
		}
	}
	all := make(map[string]*types.Func)
	for _, pkg := range byPath {
		functions(pkg, all)
	}
	for _, name := range funcNames {
		if all[name] == nil && !slices.Contains(unserved, packageOf(name)) {
			t.Errorf("there is no function %s", name)
		}
	}
	for name, r := range registrars {
		fn := all[name]
		if fn == nil {
			continue
		}
		if r.Arg >= fn.Signature().Params().Len() {
			t.Errorf("%s has no argument %d", name, r.Arg)
		}
		if got, ok := RegistrarOf(fn); !ok || got != r {
			t.Errorf("%s is not found", name)
		}
	}
	for name, d := range carried {
		if fn := all[name]; fn != nil {
			checkCarried(t, fn, d)
		}
	}
	if gin := byPath[ginPath]; gin != nil {
		field, _, _ := types.LookupFieldOrMethod(gin.Scope().Lookup("Engine").Type(), true, gin, ginFallback)
		if v, ok := field.(*types.Var); !ok || !FallsBack(v) {
			t.Errorf("gin.Engine has no field %s", ginFallback)
		}
	}
	for name := range handlerTypes {
		n := parseType(name)
		if pkg := byPath[n.path]; pkg != nil && !IsHandlerType(pkg.Scope().Lookup(n.name).Type()) {
			t.Errorf("%s is not found", name)
		}
	}
}

// The names of the declarations say what they are examples of.
const handlerShapes = `package p

import (
	"context"
	"net/http"

	"connectrpc.com/connect"
	"github.com/99designs/gqlgen/graphql"
	"github.com/gin-gonic/gin"
	"github.com/hibiken/asynq"
	"github.com/IBM/sarama"
	"github.com/nats-io/nats.go"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
	"github.com/ThreeDotsLabs/watermill/message"
	"google.golang.org/grpc"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
)

type args struct{}

func (args) Kind() string { return "" }

func handlesMore2(s string, w http.ResponseWriter, r *http.Request) error { return nil }
func handlesGin1(next int, c *gin.Context)                                {}
func handlesStream1(ctx context.Context, s healthpb.Health_WatchServer) error { return nil }
func handlesGeneric1(in *args, s grpc.ServerStreamingServer[args]) error  { return nil }
func handlesConnect0(ctx context.Context, r *connect.Request[args]) (*connect.Response[args], error) { return nil, nil }
func handlesTask0(ctx context.Context, t *asynq.Task) error               { return nil }
func handlesJob0(ctx context.Context, j *river.Job[args]) error           { return nil }
func handlesRow0(ctx context.Context, j *rivertype.JobRow, next func(context.Context) error) error { return nil }
func handlesMessage0(m *message.Message) ([]*message.Message, error)      { return nil, nil }
func handlesClaim0(s sarama.ConsumerGroupSession, c sarama.ConsumerGroupClaim) error { return nil }
func handlesField0(ctx context.Context, next graphql.Resolver) (any, error) { return nil, nil }

func handlesNotEnqueue(ctx context.Context, t *asynq.Task) (*asynq.TaskInfo, error)       { return nil, nil }
func handlesNotOptions(ctx context.Context, t *asynq.Task, opts ...asynq.Option) error    { return nil }
func handlesNotPublish(topic string, m *message.Message) error                           { return nil }
func handlesNotMessages(m ...*message.Message) error                                     { return nil }
func handlesNotReply(m *nats.Msg) (*nats.Msg, error)                                     { return nil, nil }
func handlesNotTo(subject string, m *nats.Msg)                                           { }
func handlesNotSetup(s sarama.ConsumerGroupSession) error                                { return nil }
func handlesNotClient(ctx context.Context, s *connect.ServerStreamForClient[args]) error { return nil }
func handlesNotRow(ctx context.Context, j *rivertype.JobRow) (int, error)                { return 0, nil }
func handlesNotInvoker(ctx context.Context, method string, invoke grpc.UnaryInvoker) error { return nil }

type embeds struct{ healthpb.UnimplementedHealthServer }

func (embeds) Check(context.Context, *healthpb.HealthCheckRequest) (*healthpb.HealthCheckResponse, error) { return nil, nil }
func (embeds) Other(context.Context) error { return nil }
`

func TestHandlerShapes(t *testing.T) {
	pkg := checkIn(t, testdata("handlers"), handlerShapes)
	asked := 0
	for _, name := range pkg.Scope().Names() {
		fn, ok := pkg.Scope().Lookup(name).(*types.Func)
		if !ok {
			continue
		}
		asked++
		slot, ok := HandlerSlot(fn.Signature())
		if want := !strings.HasPrefix(name, "handlesNot"); ok != want || ok && !strings.HasSuffix(name, strconv.Itoa(slot)) {
			t.Errorf("%s: got %v, slot %d", name, ok, slot)
		}
	}
	if asked != 21 {
		t.Errorf("asked about %d functions", asked)
	}
	embeds := pkg.Scope().Lookup("embeds").Type().(*types.Named)
	field := embeds.Underlying().(*types.Struct).Field(0)
	for m := range embeds.Methods() {
		if got, want := ServesBy(field.Type(), m), m.Name() == "Check"; got != want {
			t.Errorf("%s serves the generated service: %v", m.Name(), got)
		}
	}
}

// The commands of kong are methods of structs with tags, and no shape.
func TestTaggedCommands(t *testing.T) {
	pkg := checkIn(t, testdata("handlers"), "package p\n"+`
import "github.com/alecthomas/kong"

var cli struct {
	Version isVersion `+"`cmd:\"\"`"+`
	Other   notField
}

type isVersion struct{}

func (isVersion) Run() error { return nil }

type isServe struct { Addr string `+"`help:\"Where.\"`"+` }

func (*isServe) Run(ctx *kong.Context) error { return nil }

type isPut struct { Paths []string `+"`arg:\"\" name:\"path\"`"+` }

func (*isPut) Run() error { return nil }

type notField struct { Addr string `+"`json:\"addr\"`"+` }

func (*notField) Run() error { return nil }
`)
	for _, name := range pkg.Scope().Names() {
		tn, ok := pkg.Scope().Lookup(name).(*types.TypeName)
		if !ok {
			continue
		}
		for m := range tn.Type().(*types.Named).Methods() {
			if got, want := IsTaggedCommand(m), strings.HasPrefix(name, "is"); got != want {
				t.Errorf("%s: %v", name, got)
			}
		}
	}
}

// A service's registration is told by its types, not by its name.
func TestTakesService(t *testing.T) {
	pkg := checkIn(t, testdata("handlers"), `package p

import (
	"context"
	"net/http"

	"connectrpc.com/connect"
	"google.golang.org/grpc"
)

type service interface{ Get(context.Context) error }

type twirpServer interface {
	http.Handler
	ProtocGenTwirpVersion() string
}

func takes1(s grpc.ServiceRegistrar, srv service)                                         {}
func takesOld1(s *grpc.Server, srv service)                                               {}
func takesConnect0(svc service, opts ...connect.HandlerOption) (string, http.Handler)     { return "", nil }
func takesTwirp0(svc service, opts ...any) twirpServer                                    { return nil }

func takesNotAny(s grpc.ServiceRegistrar, srv any)                                        {}
func takesNotStruct(s grpc.ServiceRegistrar, srv struct{})                                {}
func takesNotClient(c connect.HTTPClient, url string, opts ...connect.ClientOption) service { return nil }
func takesNotHandler(svc service) (string, http.Handler)                                  { return "", nil }
func takesNotOptions(svc service, opts ...string) (string, http.Handler)                  { return "", nil }
func takesNotServer(svc service, opts ...any) http.Handler                                { return nil }
func takesNotNothing()                                                                    {}
`)
	for _, name := range pkg.Scope().Names() {
		fn, ok := pkg.Scope().Lookup(name).(*types.Func)
		if !ok {
			continue
		}
		r, ok := RegistrarOf(fn)
		if want := !strings.HasPrefix(name, "takesNot"); ok != want || ok && !strings.HasSuffix(name, strconv.Itoa(r.Arg)) {
			t.Errorf("%s: got %v, argument %d", name, ok, r.Arg)
		}
	}
	if _, ok := RegistrarOf(nil); ok {
		t.Error("nothing takes a service")
	}
}

// checkCarried tests a method that returns the context of its receiver, or
// something that has it.
func checkCarried(t *testing.T, fn *types.Func, d Derivation) {
	t.Helper()
	result := fn.Signature().Results().At(d.Result).Type()
	if !ImplementsContext(result) && !IsRequest(result) && !Pooled(result) {
		t.Errorf("%s returns no context", fn.FullName())
	}
	if got, ok := DerivationOf(fn); !ok || got != d {
		t.Errorf("%s is not found", fn.FullName())
	}
	if recv := fn.Signature().Recv(); recv == nil || d.Handle != -1 || (d.Arg == Receiver) == (d.Effect == Lasts) {
		t.Errorf("%s is not what a method can do", fn.FullName())
	}
}
