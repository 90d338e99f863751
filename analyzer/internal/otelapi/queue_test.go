package otelapi

import (
	"fmt"
	"go/types"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// What the tables of queues name is there in the real clients. The light ones
// are looked up always, in testdata/src; all of them, in testdata/src/queues, where
// CI asks for what takes long.
func TestQueueTables(t *testing.T) {
	light := []string{"github.com/segmentio/kafka-go", "github.com/nats-io/nats.go", "github.com/rabbitmq/amqp091-go", "github.com/twmb/franz-go"}
	all := os.Getenv("CI") == "true"
	if all {
		dir, err := filepath.Abs(filepath.Join("..", "..", "..", "testdata", "src", "queues"))
		if err != nil {
			t.Fatal(err)
		}
		t.Setenv("OTELAPI_MODULE", dir)
	}
	looks := func(path string) bool {
		return all || slices.ContainsFunc(light, func(m string) bool { return path == m || strings.HasPrefix(path, m+"/") })
	}
	typeName := func(key string) (path, name string) {
		i := strings.LastIndex(key, ".")
		return key[:i], key[i+1:]
	}
	queues := new(Queues)
	var paths []string
	for key := range messages {
		path, _ := typeName(key)
		paths = append(paths, path)
	}
	for key := range publishers {
		paths = append(paths, pathOf(key))
	}
	slices.Sort(paths)
	paths = slices.DeleteFunc(slices.Compact(paths), func(path string) bool { return !looks(path) || strings.Contains(path, "/internal/") })
	var b strings.Builder
	b.WriteString("package p\n\n")
	for _, path := range paths {
		fmt.Fprintf(&b, "import _ %q\n", path)
	}
	byPath := make(map[string]*types.Package)
	funcs := make(map[string]*types.Func)
	for _, pkg := range check(t, b.String()).Imports() {
		byPath[pkg.Path()] = pkg
		functions(pkg, funcs)
	}
	for _, key := range slices.Sorted(maps.Keys(messages)) {
		path, name := typeName(key)
		if !looks(path) || strings.Contains(path, "/internal/") {
			continue // those of aliases are looked up by what takes them
		}
		obj, ok := byPath[path].Scope().Lookup(name).(*types.TypeName)
		if !ok {
			t.Errorf("there is no type %s", key)
			continue
		}
		m, _, ok := queues.MessageOf(obj.Type())
		if _, generic := obj.Type().Underlying().(*types.Struct); !ok && generic {
			t.Errorf("%s is not found", key)
		}
		if m.Field == "" {
			continue
		}
		if field, _, _ := types.LookupFieldOrMethod(obj.Type(), true, obj.Pkg(), m.Field); field == nil {
			t.Errorf("%s has no field %s", key, m.Field)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(publishers)) {
		if !looks(pathOf(key)) {
			continue
		}
		fn := funcs[key]
		if fn == nil {
			t.Errorf("there is no function %s", key)
			continue
		}
		p := publishers[key]
		if p.Arg >= fn.Signature().Params().Len() {
			t.Errorf("%s has no argument %d", key, p.Arg)
			continue
		}
		param := fn.Signature().Params().At(p.Arg).Type()
		if s, ok := param.(*types.Slice); ok && fn.Signature().Variadic() {
			param = s.Elem()
		}
		if p.In != "" {
			st := param.(*types.Pointer).Elem()
			field, _, _ := types.LookupFieldOrMethod(st, true, fn.Pkg(), p.In)
			if field == nil {
				t.Errorf("what %s takes has no field %s", key, p.In)
				continue
			}
			param = field.Type()
		}
		if s, ok := param.(*types.Slice); ok {
			param = s.Elem()
		}
		if m, _, ok := queues.MessageOf(param); !p.Bare && (!ok || m.Field == "") {
			t.Errorf("%s does not take a message with headers", key)
		}
	}
}

// pathOf is packageOf for names whose last element has a dot or a version.
func pathOf(fullName string) string {
	name := strings.TrimLeft(fullName, "(*")
	if i := strings.Index(name, ")"); i >= 0 {
		name = name[:i]
	}
	name, _, _ = strings.Cut(name, "[")
	return name[:strings.LastIndex(name, ".")]
}
