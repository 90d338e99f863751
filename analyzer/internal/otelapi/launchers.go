package otelapi

import (
	"go/types"
)

// Execution is when a launcher runs the function it is given.
type Execution int

const (
	// Concurrent: in a goroutine of its own, or on a pool.
	Concurrent Execution = iota
	// Later: after a time or an event, in a goroutine of its own.
	Later
	// Repeated: as Later, again and again until the process ends.
	Repeated
	// Shared: in the caller's goroutine or another one, once for all callers
	// that ask at the same time.
	Shared
	// Once: as Shared, and never again.
	Once
	// Awaited: in other goroutines or in the caller's, and the call returns
	// when the function has.
	Awaited
)

// A Lifetime is how long the context lasts that a launcher hands to the
// function it runs.
type Lifetime int

const (
	// NoContext: the function is handed none.
	NoContext Lifetime = iota
	// UntilWait: until the group has been waited for, or some work fails.
	UntilWait
	// WhileWanted: cut off from the caller that asked first, and cancelled
	// when nobody waits for the result any more.
	WhileWanted
)

// A Launcher is a function that runs a function it is given.
type Launcher struct {
	// Arg is the argument that is run, the first of them where there can be
	// several.
	Arg  int
	When Execution
	// Group says that the receiver counts the work and that one of its
	// methods, see Joins, waits for all of it. A pool is no group: it lives on
	// and takes the work of others, too.
	Group bool
	// Handle says that the result stands for this piece of work, and waits
	// for it.
	Handle bool
	// Own is the lifetime of the context that the function is handed.
	Own Lifetime
}

// Short for the columns below.
const (
	counted  = true
	returned = true
)

var launchers = map[string]Launcher{
	"(*sync.WaitGroup).Go": {0, Concurrent, counted, false, NoContext},
	"time.AfterFunc":       {1, Later, false, false, NoContext},
	"context.AfterFunc":    {1, Later, false, false, NoContext},
	"(*sync.Once).Do":      {0, Once, false, false, NoContext},
	"sync.OnceFunc":        {0, Once, false, false, NoContext},
	"sync.OnceValue":       {0, Once, false, false, NoContext},
	"sync.OnceValues":      {0, Once, false, false, NoContext},

	// golang.org/x/sync v0.24.0
	"(*golang.org/x/sync/errgroup.Group).Go":         {0, Concurrent, counted, false, NoContext},
	"(*golang.org/x/sync/errgroup.Group).TryGo":      {0, Concurrent, counted, false, NoContext},
	"(*golang.org/x/sync/singleflight.Group).Do":     {1, Shared, false, false, NoContext},
	"(*golang.org/x/sync/singleflight.Group).DoChan": {1, Shared, false, returned, NoContext},

	// github.com/golang/groupcache v0.0.0-20241129210726-2c02b8208cf8
	"(*github.com/golang/groupcache/singleflight.Group).Do": {1, Shared, false, false, NoContext},

	// resenje.org/singleflight v0.4.3
	"(*resenje.org/singleflight.Group[K, V]).Do": {2, Shared, false, false, WhileWanted},

	// github.com/neilotoole/errgroup v0.1.6
	"(*github.com/neilotoole/errgroup.Group).Go": {0, Concurrent, counted, false, NoContext},

	// github.com/hashicorp/go-multierror v1.1.1
	"(*github.com/hashicorp/go-multierror.Group).Go": {0, Concurrent, counted, false, NoContext},

	// github.com/oklog/run v1.2.0. The second function of an actor only
	// interrupts the first.
	"(*github.com/oklog/run.Group).Add": {0, Concurrent, counted, false, NoContext},

	// github.com/sourcegraph/conc v0.3.0
	"(*github.com/sourcegraph/conc.WaitGroup).Go":                 {0, Concurrent, counted, false, NoContext},
	"(*github.com/sourcegraph/conc/pool.Pool).Go":                 {0, Concurrent, counted, false, NoContext},
	"(*github.com/sourcegraph/conc/pool.ErrorPool).Go":            {0, Concurrent, counted, false, NoContext},
	"(*github.com/sourcegraph/conc/pool.ContextPool).Go":          {0, Concurrent, counted, false, UntilWait},
	"(*github.com/sourcegraph/conc/pool.ResultPool[T]).Go":        {0, Concurrent, counted, false, NoContext},
	"(*github.com/sourcegraph/conc/pool.ResultErrorPool[T]).Go":   {0, Concurrent, counted, false, NoContext},
	"(*github.com/sourcegraph/conc/pool.ResultContextPool[T]).Go": {0, Concurrent, counted, false, UntilWait},
	"(*github.com/sourcegraph/conc/stream.Stream).Go":             {0, Concurrent, counted, false, NoContext},
	"github.com/sourcegraph/conc/iter.ForEach":                    {1, Awaited, false, false, NoContext},
	"github.com/sourcegraph/conc/iter.ForEachIdx":                 {1, Awaited, false, false, NoContext},
	"github.com/sourcegraph/conc/iter.Map":                        {1, Awaited, false, false, NoContext},
	"github.com/sourcegraph/conc/iter.MapErr":                     {1, Awaited, false, false, NoContext},
	"(github.com/sourcegraph/conc/iter.Iterator[T]).ForEach":      {1, Awaited, false, false, NoContext},
	"(github.com/sourcegraph/conc/iter.Iterator[T]).ForEachIdx":   {1, Awaited, false, false, NoContext},
	"(github.com/sourcegraph/conc/iter.Mapper[T, R]).Map":         {1, Awaited, false, false, NoContext},
	"(github.com/sourcegraph/conc/iter.Mapper[T, R]).MapErr":      {1, Awaited, false, false, NoContext},
	"github.com/sourcegraph/conc/panics.Try":                      {0, Awaited, false, false, NoContext},
	"(*github.com/sourcegraph/conc/panics.Catcher).Try":           {0, Awaited, false, false, NoContext},

	// github.com/panjf2000/ants/v2 v2.12.1
	"github.com/panjf2000/ants/v2.Submit":              {0, Concurrent, false, false, NoContext},
	"(*github.com/panjf2000/ants/v2.Pool).Submit":      {0, Concurrent, false, false, NoContext},
	"(*github.com/panjf2000/ants/v2.MultiPool).Submit": {0, Concurrent, false, false, NoContext},

	// github.com/gammazero/workerpool v1.3.0
	"(*github.com/gammazero/workerpool.WorkerPool).Submit":     {0, Concurrent, false, false, NoContext},
	"(*github.com/gammazero/workerpool.WorkerPool).Do":         {0, Concurrent, false, false, NoContext},
	"(*github.com/gammazero/workerpool.WorkerPool).SubmitWait": {0, Awaited, false, false, NoContext},
	"(*github.com/gammazero/workerpool.WorkerPool).DoWait":     {0, Awaited, false, false, NoContext},

	// github.com/alitto/pond v1.9.2
	"(*github.com/alitto/pond.WorkerPool).Submit":           {0, Concurrent, false, false, NoContext},
	"(*github.com/alitto/pond.WorkerPool).TrySubmit":        {0, Concurrent, false, false, NoContext},
	"(*github.com/alitto/pond.WorkerPool).SubmitBefore":     {0, Concurrent, false, false, NoContext},
	"(*github.com/alitto/pond.WorkerPool).SubmitAndWait":    {0, Awaited, false, false, NoContext},
	"(*github.com/alitto/pond.TaskGroup).Submit":            {0, Concurrent, counted, false, NoContext},
	"(*github.com/alitto/pond.TaskGroupWithContext).Submit": {0, Concurrent, counted, false, NoContext},

	// github.com/alitto/pond/v2 v2.7.1
	"github.com/alitto/pond/v2.Submit":                             {0, Concurrent, false, returned, NoContext},
	"github.com/alitto/pond/v2.SubmitErr":                          {0, Concurrent, false, returned, NoContext},
	"(github.com/alitto/pond/v2.Pool).Go":                          {0, Concurrent, false, false, NoContext},
	"(github.com/alitto/pond/v2.Pool).Submit":                      {0, Concurrent, false, returned, NoContext},
	"(github.com/alitto/pond/v2.Pool).SubmitErr":                   {0, Concurrent, false, returned, NoContext},
	"(github.com/alitto/pond/v2.Pool).TrySubmit":                   {0, Concurrent, false, returned, NoContext},
	"(github.com/alitto/pond/v2.Pool).TrySubmitErr":                {0, Concurrent, false, returned, NoContext},
	"(github.com/alitto/pond/v2.ResultPool[R any]).Submit":         {0, Concurrent, false, returned, NoContext},
	"(github.com/alitto/pond/v2.ResultPool[R any]).SubmitErr":      {0, Concurrent, false, returned, NoContext},
	"(github.com/alitto/pond/v2.ResultPool[R any]).TrySubmit":      {0, Concurrent, false, returned, NoContext},
	"(github.com/alitto/pond/v2.ResultPool[R any]).TrySubmitErr":   {0, Concurrent, false, returned, NoContext},
	"(github.com/alitto/pond/v2.TaskGroup).Submit":                 {0, Concurrent, counted, false, NoContext},
	"(github.com/alitto/pond/v2.TaskGroup).SubmitErr":              {0, Concurrent, counted, false, NoContext},
	"(github.com/alitto/pond/v2.ResultTaskGroup[O any]).Submit":    {0, Concurrent, counted, false, NoContext},
	"(github.com/alitto/pond/v2.ResultTaskGroup[O any]).SubmitErr": {0, Concurrent, counted, false, NoContext},

	// github.com/Jeffail/tunny v0.1.4
	"github.com/Jeffail/tunny.NewFunc": {1, Awaited, false, false, NoContext},

	// github.com/robfig/cron/v3 v3.0.1
	"(*github.com/robfig/cron/v3.Cron).AddFunc": {1, Repeated, false, false, NoContext},
}

// LauncherOf returns what is known about a function that runs its argument
// concurrently, later, or once for many.
func LauncherOf(fn *types.Func) (Launcher, bool) {
	if fn == nil {
		return Launcher{}, false
	}
	l, ok := launchers[key(fn.Origin())]
	return l, ok
}

// Acquires returns the argument that says how much of a semaphore a call of fn
// waits for. Read from golang.org/x/sync v0.24.0.
func Acquires(fn *types.Func) (arg int, ok bool) {
	if fn == nil {
		return 0, false
	}
	arg, ok = acquirers[fn.Origin().FullName()]
	return arg, ok
}

var acquirers = map[string]int{
	"(*golang.org/x/sync/semaphore.Weighted).Acquire": 1,
}

// Joins reports whether calls of fn wait for all work that its receiver has
// taken, although they are not called Wait.
func Joins(fn *types.Func) bool { return fn != nil && joiners[key(fn.Origin())] }

var joiners = map[string]bool{
	"(*github.com/sourcegraph/conc.WaitGroup).WaitAndRecover":   true,
	"(*github.com/oklog/run.Group).Run":                         true,
	"(*github.com/gammazero/workerpool.WorkerPool).StopWait":    true,
	"(*github.com/alitto/pond.WorkerPool).StopAndWait":          true,
	"(*github.com/alitto/pond.WorkerPool).StopAndWaitFor":       true,
	"(github.com/alitto/pond/v2.BasePool).StopAndWait":          true,
	"(*github.com/panjf2000/ants/v2.poolCommon).ReleaseTimeout": true,
	"(*github.com/panjf2000/ants/v2.poolCommon).ReleaseContext": true,
	"(*github.com/panjf2000/ants/v2.MultiPool).ReleaseTimeout":  true,
	"(*github.com/panjf2000/ants/v2.MultiPool).ReleaseContext":  true,
}

// MakesGroup reports whether fn, a method, returns a new group, which nobody
// else has.
func MakesGroup(fn *types.Func) bool { return fn != nil && groupMakers[key(fn.Origin())] }

var groupMakers = map[string]bool{
	"(*github.com/alitto/pond.WorkerPool).Group":                    true,
	"(github.com/alitto/pond/v2.Pool).NewGroup":                     true,
	"(github.com/alitto/pond/v2.Pool).NewGroupContext":              true,
	"(github.com/alitto/pond/v2.ResultPool[R any]).NewGroup":        true,
	"(github.com/alitto/pond/v2.ResultPool[R any]).NewGroupContext": true,
}

// A Feeder is a method that hands a value to the function its receiver was
// made with, which runs concurrently.
type Feeder struct {
	// Arg is the value that is handed over.
	Arg int
	// Waits says that the call returns when the function has.
	Waits bool
}

// FeederOf returns what is known about a method that feeds a pool.
func FeederOf(fn *types.Func) (Feeder, bool) {
	if fn == nil {
		return Feeder{}, false
	}
	f, ok := feeders[key(fn.Origin())]
	return f, ok
}

var feeders = map[string]Feeder{
	"(*github.com/panjf2000/ants/v2.PoolWithFunc).Invoke":                {0, false},
	"(*github.com/panjf2000/ants/v2.PoolWithFuncGeneric[T]).Invoke":      {0, false},
	"(*github.com/panjf2000/ants/v2.MultiPoolWithFunc).Invoke":           {0, false},
	"(*github.com/panjf2000/ants/v2.MultiPoolWithFuncGeneric[T]).Invoke": {0, false},

	"(*github.com/Jeffail/tunny.Pool).Process":      {0, true},
	"(*github.com/Jeffail/tunny.Pool).ProcessTimed": {0, true},
	"(*github.com/Jeffail/tunny.Pool).ProcessCtx":   {1, true},
}

// WorkerOf returns the argument of fn that is the function of the pool it
// makes.
func WorkerOf(fn *types.Func) (arg int, ok bool) {
	if fn == nil {
		return 0, false
	}
	arg, ok = workers[key(fn.Origin())]
	return arg, ok
}

var workers = map[string]int{
	"github.com/panjf2000/ants/v2.NewPoolWithFunc":             1,
	"github.com/panjf2000/ants/v2.NewPoolWithFuncGeneric":      1,
	"github.com/panjf2000/ants/v2.NewMultiPoolWithFunc":        2,
	"github.com/panjf2000/ants/v2.NewMultiPoolWithFuncGeneric": 2,
}

// The context of a life-cycle hook lasts until the hook returns: uber's fx
// cancels it, and the Collector reserves the right to (see the comment of
// component.Component). Work that is to go on needs one of its own.

// Hooks reports whether the functions that fn is given are hooks of a life
// cycle.
func Hooks(fn *types.Func) bool { return fn != nil && hooks[key(fn.Origin())] }

// go.uber.org/fx v1.24.0
var hooks = map[string]bool{
	"go.uber.org/fx.StartHook":     true,
	"go.uber.org/fx.StopHook":      true,
	"go.uber.org/fx.StartStopHook": true,
	"go.uber.org/fx.OnStart":       true,
	"go.uber.org/fx.OnStop":        true,
}

// IsHooks reports whether the functions in a value of the type are hooks of a
// life cycle.
func IsHooks(t types.Type) bool { return isNamed(t, "go.uber.org/fx", "Hook") }

// Lives reports whether the functions that fn is given are called in the life
// of a service, with a context that lasts until the service is stopped.
func Lives(fn *types.Func) bool { return fn != nil && services[fn.FullName()] }

// github.com/grafana/dskit v0.0.0-20260703122047-de1ec7541c44
var services = map[string]bool{
	"github.com/grafana/dskit/services.NewBasicService": true,
	"github.com/grafana/dskit/services.NewIdleService":  true,
	"github.com/grafana/dskit/services.NewTimerService": true,
}

const componentPath = "go.opentelemetry.io/collector/component" // v1.70.0

// IsHook reports whether fn, or a function literal where fn is nil, with the
// signature is a hook of the Collector's life cycle: it has the host beside
// the context, or is the method by which a type implements the interface of
// a component.
func IsHook(fn *types.Func, sig *types.Signature) bool {
	for p := range sig.Params().Variables() {
		if isNamed(p.Type(), componentPath, "Host") {
			return true
		}
	}
	if fn == nil || sig.Recv() == nil || fn.Pkg() == nil || sig.Params().Len() != 1 || !IsContext(sig.Params().At(0).Type()) {
		return false
	}
	start := method(sig.Recv().Type(), "Start")
	if start == nil || start.Signature().Params().Len() != 2 {
		return false
	}
	host, ok := types.Unalias(start.Signature().Params().At(1).Type()).(*types.Named)
	if !ok || !isNamed(host, componentPath, "Host") {
		return false
	}
	component := host.Obj().Pkg().Scope().Lookup("Component")
	if component == nil {
		return false
	}
	iface, ok := component.Type().Underlying().(*types.Interface)
	if !ok || !types.Implements(sig.Recv().Type(), iface) {
		return false
	}
	obj, _, _ := types.LookupFieldOrMethod(iface, false, nil, fn.Name())
	return obj != nil
}

// IsGroup reports whether t is a wait group or works like one: it has Wait,
// and Add and Done, or a Go or Submit that is given functions.
func IsGroup(t types.Type) bool {
	if t == nil {
		return false
	}
	if _, ok := types.Unalias(t).(*types.Pointer); !ok && !types.IsInterface(t) {
		t = types.NewPointer(t) // methods of variables are called by their address
	}
	if method(t, "Wait") == nil {
		return false
	}
	return method(t, "Done") != nil && method(t, "Add") != nil || method(t, "Go") != nil || runs(method(t, "Submit"))
}

// runs reports whether a method takes functions and nothing else.
func runs(m *types.Func) bool {
	if m == nil || m.Signature().Params().Len() != 1 {
		return false
	}
	t := m.Signature().Params().At(0).Type()
	if s, ok := t.(*types.Slice); ok && m.Signature().Variadic() {
		t = s.Elem()
	}
	_, ok := t.Underlying().(*types.Signature)
	return ok
}

// Notifies reports whether t is that of a channel which brings instants, as
// timers do, or signals of the operating system.
func Notifies(t types.Type) bool {
	ch, ok := t.Underlying().(*types.Chan)
	return ok && (isNamed(ch.Elem(), "time", "Time") || isNamed(ch.Elem(), "os", "Signal"))
}

// StopsLater reports whether fn stops something whose work goes on for a while,
// and returns what is done when that is.
func StopsLater(fn *types.Func) bool { return fn != nil && stopsLater[key(fn)] }

// Read from github.com/robfig/cron/v3 v3.0.1.
var stopsLater = map[string]bool{
	"(*github.com/robfig/cron/v3.Cron).Stop": true,
}
