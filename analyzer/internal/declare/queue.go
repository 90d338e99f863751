package declare

import (
	"go/types"
	"slices"
	"strings"

	"github.com/spanlint/spanlint/analyzer/internal/config"
	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
)

// Queues returns the clients of queues that are known, and those that are
// declared, as far as a package can see them: by its own functions and those of
// the packages it imports.
func Queues(cfg *config.Config, pkg *types.Package) *otelapi.Queues {
	queues := new(otelapi.Queues)
	for _, d := range cfg.Declared("queues") {
		fn := lookUp(pkg, d.Func)
		if fn == nil {
			continue
		}
		send, receive := d.Is("send"), d.Is("receive")
		if !send && !receive {
			// One that is given a function, or returns more than an error, gets
			// messages.
			_, given := argument(fn, d, isFunc)
			receive = given || receives(fn) != nil
			send = !receive
		}
		if send {
			sends(queues, fn, d)
		}
		if receive {
			if t := messageOf(fn, d); t != nil {
				m, _ := headers(t)
				queues.AddMessage(t, otelapi.Message{Field: m.Field, Get: m.Get, Needs: m.Needs})
			}
		}
	}
	return queues
}

// lookUp finds a declared function.
func lookUp(pkg *types.Package, name string) *types.Func {
	typ, method := "", ""
	path := name
	if rest, ok := strings.CutPrefix(name, "("); ok {
		path, method, _ = strings.Cut(strings.TrimPrefix(rest, "*"), ").")
	}
	i := strings.LastIndexByte(path, '.')
	if i < 0 {
		return nil
	}
	path, typ = path[:i], path[i+1:]
	for _, p := range slices.Concat([]*types.Package{pkg}, pkg.Imports()) {
		if p.Path() != path {
			continue
		}
		obj := p.Scope().Lookup(typ)
		if method != "" && obj != nil {
			obj, _, _ = types.LookupFieldOrMethod(obj.Type(), true, p, method)
		}
		if fn, ok := obj.(*types.Func); ok {
			return fn
		}
	}
	return nil
}

// sends says that a function sends its message: the one that is named, or the
// first that has headers, or is made of bytes, or else the last.
func sends(queues *otelapi.Queues, fn *types.Func, d config.Declaration) {
	i, ok := argument(fn, d, func(t types.Type) bool { return structOf(t) != nil })
	if !ok {
		i, ok = argument(fn, d, isBytes)
	}
	params := fn.Signature().Params()
	if !ok && d.Arg == "" && params.Len() > 0 {
		i, ok = params.Len()-1, true
	}
	if !ok || i < 0 {
		return
	}
	t := element(params.At(i).Type())
	m, has := headers(t)
	if has {
		m.Get = "" // it may never be received here
		queues.AddMessage(t, m)
	}
	m, _, _ = queues.MessageOf(t)
	queues.AddPublisher(fn, otelapi.Publish{Arg: i, Bare: m.Field == "" || m.Put+m.Own == ""})
}

// messageOf returns the type of the messages that a function receives: what it
// returns, what the function gets that it is given, or what it is called with.
func messageOf(fn *types.Func, d config.Declaration) types.Type {
	if d.Arg == "" {
		if t := receives(fn); t != nil {
			return t
		}
		if i, ok := argument(fn, d, isFunc); ok {
			return firstMessage(fn.Signature().Params().At(i).Type().Underlying().(*types.Signature).Params())
		}
		return firstMessage(fn.Signature().Params())
	}
	i, ok := argument(fn, d, nil)
	if !ok || i < 0 {
		return nil
	}
	t := fn.Signature().Params().At(i).Type()
	if sig, ok := t.Underlying().(*types.Signature); ok {
		return firstMessage(sig.Params())
	}
	if t = element(t); structOf(t) == nil {
		return nil
	}
	return t
}

// receives returns the type of the messages that a function returns, nil if it
// returns none.
func receives(fn *types.Func) types.Type { return firstMessage(fn.Signature().Results()) }

func firstMessage(list *types.Tuple) types.Type {
	for i := range list.Len() {
		if t := element(list.At(i).Type()); structOf(t) != nil {
			return t
		}
	}
	return nil
}

// element is what a list or a channel is made of.
func element(t types.Type) types.Type {
	switch u := t.Underlying().(type) {
	case *types.Slice:
		return u.Elem()
	case *types.Chan:
		return u.Elem()
	}
	return t
}

// structOf returns the struct that a message is: a named one, or a pointer to
// it, which is neither a context nor an error.
func structOf(t types.Type) *types.Struct {
	t = element(t)
	if otelapi.ImplementsContext(t) {
		return nil
	}
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	if _, ok := types.Unalias(t).(*types.Named); !ok {
		return nil
	}
	st, _ := t.Underlying().(*types.Struct)
	return st
}

func isBytes(t types.Type) bool {
	s, ok := t.Underlying().(*types.Slice)
	if !ok {
		return false
	}
	b, ok := s.Elem().Underlying().(*types.Basic)
	return ok && b.Kind() == types.Byte
}

// headers says how messages of a type carry headers: in the one field that can
// have named texts. It reports false if none or several could be meant.
func headers(t types.Type) (otelapi.Message, bool) {
	var found otelapi.Message
	st := structOf(t)
	if st == nil {
		return found, false
	}
	n := 0
	for field := range st.Fields() {
		if !field.Exported() {
			continue
		}
		f := "$m." + field.Name()
		m := otelapi.Message{Field: field.Name()}
		if u, ok := field.Type().Underlying().(*types.Map); ok && isString(u.Key()) {
			switch {
			case isString(u.Elem()):
				m.Init, m.Put = f+" = map[string]string{}", f+"[$key] = $value"
				m.Get = "for $key, $value := range " + f + " {\n\t$carrier[$key] = $value\n}"
			case isStrings(u.Elem()):
				// HeaderCarrier writes what net/http would, and propagators ask for
				// lower case.
				m.Init, m.Own = f+" = map[string][]string{}", "$propagationHeaderCarrier("+f+")"
				m.Get = "for $key, $values := range " + f + " {\n\tfor _, $value := range $values {\n\t\t$carrier[$stringsToLower($key)] = $value\n\t}\n}"
				m.Needs = []otelapi.Need{{Mark: "$strings", Path: "strings", Name: "strings"}}
			default:
				continue
			}
			found, n = m, n+1
		}
	}
	return found, n == 1
}

func isString(t types.Type) bool { return types.Identical(t, types.Typ[types.String]) }

func isStrings(t types.Type) bool {
	s, ok := t.Underlying().(*types.Slice)
	return ok && isString(s.Elem())
}
