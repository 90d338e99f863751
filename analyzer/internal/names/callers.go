package names

import (
	"go/ast"
	"go/types"
	"strings"
	"unicode"

	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
	"github.com/spanlint/spanlint/analyzer/internal/summary"
)

// Given reports whether the name of a span has a parameter of its function in
// it that stands for data: the function serves a request, or looks so, and
// starts the span for itself, not for its callers, none of whom is in view.
func (x *Index) Given(n *Name) (Part, bool) {
	for _, p := range n.Parts {
		if given(x.Table, n, p) {
			return p, true
		}
	}
	return Part{}, false
}

func given(t *summary.Table, n *Name, p Part) bool {
	if p.Kind != Param || n.Helped || len(n.Parts) < 2 || p.Func.Obj == nil {
		return false
	}
	f := p.Func
	if wraps(t, f) || !takesContext(f.Sig) {
		return false
	}
	for _, cur := range t.Pkg.Uses(f.Obj) {
		if t.Pkg.Info.Defs[cur.Node().(*ast.Ident)] == nil && !t.Pkg.InTestFile(cur.Node()) {
			return false // its callers are judged
		}
	}
	return true
}

func takesContext(sig *types.Signature) bool {
	for v := range sig.Params().Variables() {
		if otelapi.ImplementsContext(v.Type()) || otelapi.IsRequest(v.Type()) {
			return true
		}
	}
	return false
}

// wraps reports whether f starts spans for its callers: it returns the span,
// what ends it or its context, or runs a function below it.
func wraps(t *summary.Table, f *scope.Func) bool {
	sum := t.Of(f)
	for i := range f.Sig.Results().Len() {
		typ := f.Sig.Results().At(i).Type()
		if _, fn := typ.Underlying().(*types.Signature); fn || otelapi.IsSpan(typ) || otelapi.IsContext(typ) || sum != nil && sum.ResultAt(i).End {
			return true
		}
	}
	for v := range f.Sig.Params().Variables() {
		if _, fn := v.Type().Underlying().(*types.Signature); fn {
			return true
		}
	}
	return false
}

// A Copy is a span that has the name of another function.
type Copy struct {
	// Name is the copied one, Of the function that it is the name of.
	Name *Name
	Of   *scope.Func
	// From is the other start of that name.
	From *Name
	// Own is what the name would be of its own function, "" if it does not
	// show how.
	Own string
}

// Copies returns the starts with a constant name that is the name of another
// function, which starts a span of that name as well.
func (x *Index) Copies() []Copy {
	byText := make(map[string][]*Name)
	var order []string
	for _, n := range x.names {
		text, ok := n.Constant()
		if !ok || n.Call == nil || x.Pkg.IsTest(n.Call) || !startsSpan(x.Pkg, n) {
			continue
		}
		// A wrapper may put something of its own before the name.
		key := x.Pkg.Callee(n.Call).FullName() + " " + text
		if byText[key] == nil {
			order = append(order, key)
		}
		byText[key] = append(byText[key], n)
	}
	var out []Copy
	for _, key := range order {
		text, _ := byText[key][0].Constant()
		var from *Name
		for _, n := range byText[key] {
			if from == nil && namedAfter(text, n.Func.Root()) {
				from = n
			}
		}
		if from == nil {
			continue
		}
		for _, n := range byText[key] {
			f, of := n.Func.Root(), from.Func.Root()
			if f == of || namedAfter(text, f) || f.Obj == nil || x.toldApart(n, from) || x.partOf(f, of) {
				continue
			}
			out = append(out, Copy{Name: n, Of: of, From: from, Own: own(text, f, of)})
		}
	}
	return out
}

// Constant returns the name if it is one constant.
func (n *Name) Constant() (string, bool) {
	if len(n.Parts) != 1 || n.Parts[0].Kind != Constant {
		return "", false
	}
	return n.Parts[0].Text, true
}

func startsSpan(pkg *scope.Package, n *Name) bool {
	_, tuple := pkg.Info.TypeOf(n.Call).(*types.Tuple)
	return tuple || n.Helped
}

// namedAfter reports whether a span's name is that of a function: the last
// word of it, or all of it without what separates words.
func namedAfter(text string, f *scope.Func) bool {
	if f.Obj == nil {
		return false
	}
	name := plain(f.Obj.Name())
	all := plain(text)
	last := plain(text[strings.LastIndexAny(text, "./:# ")+1:])
	if len(words(f.Obj.Name())) == 1 && !spells(text, f) {
		return false
	}
	if len(name) < 3 || last != name && all != name && !(len(words(f.Obj.Name())) > 1 && hasWords(text, f.Obj.Name())) {
		return false
	}
	// "Store.Get" is not the name of (*Cache).Get if there is a Store.
	before := strings.TrimRight(text[:strings.LastIndexAny(text, "./:# ")+1], "./:# )")
	before = plain(before[strings.LastIndexAny(before, "./:# (*")+1:])
	if recv := receiver(f); before != "" && recv != "" && before != plain(recv) {
		for _, other := range f.Pkg.Types.Scope().Names() {
			if _, isType := f.Pkg.Types.Scope().Lookup(other).(*types.TypeName); isType && plain(other) == before {
				return false
			}
		}
	}
	return true
}

// spells reports whether a text with the one word that is a function's name is
// the name of the function, and not a phrase that happens to end in the word
// ("queue wait"), or a method or command of a protocol ("HTTP GET").
func spells(text string, f *scope.Func) bool {
	i := strings.LastIndexAny(text, "./:# ") + 1
	if last := text[i:]; last == strings.ToUpper(last) && f.Obj.Name() != last {
		return false
	}
	if i == 0 || text[i-1] != ' ' {
		return true
	}
	recv := receiver(f)
	return recv != "" && hasWords(text[:i], recv) || hasWords(text[:i], f.Pkg.Types.Name())
}

func receiver(f *scope.Func) string {
	recv := f.Recv()
	if recv == nil {
		return ""
	}
	t := recv.Type()
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	if named, ok := types.Unalias(t).(*types.Named); ok {
		return named.Obj().Name()
	}
	return ""
}

// hasWords reports whether a span's name has all the words of a function's, in
// whatever order: "user.create" is CreateUser.
func hasWords(text, name string) bool {
	has := make(map[string]bool)
	for _, w := range words(text) {
		has[w] = true
	}
	for _, w := range words(name) {
		if !has[w] {
			return false
		}
	}
	return true
}

// words returns the words of a name in lower case and in the singular.
func words(name string) []string {
	var out []string
	var word []rune
	end := func() {
		if len(word) > 0 {
			out = append(out, strings.TrimSuffix(strings.ToLower(string(word)), "s"))
			word = nil
		}
	}
	runes := []rune(name)
	for i, r := range runes {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			end()
			continue
		case unicode.IsUpper(r) && i > 0 && (unicode.IsLower(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1])):
			end()
		}
		word = append(word, r)
	}
	end()
	return out
}

// FuncName returns what a function is called, with the type of its receiver.
func FuncName(f *scope.Func) string {
	if recv := receiver(f); recv != "" {
		return recv + "." + f.Obj.Name()
	}
	return f.Obj.Name()
}

// plain returns the letters and digits of a name, in lower case.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// partOf reports whether one function is a helper of the other: it calls it,
// or is called by it, and the span is the same step of the work.
func (x *Index) partOf(f, of *scope.Func) bool {
	calls := func(f, g *scope.Func) bool {
		for _, cur := range x.Pkg.Uses(g.Obj) {
			if e := x.Pkg.Enclosing(cur); e != nil && e.Root() == f && x.Pkg.Info.Defs[cur.Node().(*ast.Ident)] == nil {
				return true
			}
		}
		return false
	}
	return calls(f, of) || calls(of, f)
}

// toldApart reports whether the spans of two starts differ by an attribute
// that the source has as a constant, or by their kind.
func (x *Index) toldApart(a, b *Name) bool {
	return x.marks(a) != x.marks(b)
}

// marks returns the constants that are given to a start beside its name, and
// set on spans in its function.
func (x *Index) marks(n *Name) string {
	var b strings.Builder
	read := func(call *ast.CallExpr) {
		for _, arg := range call.Args {
			ast.Inspect(arg, func(m ast.Node) bool {
				kv, ok := m.(*ast.CallExpr)
				if !ok || m == n.Call {
					return true
				}
				for _, arg := range kv.Args {
					if tv := x.Pkg.Info.Types[arg]; tv.Value != nil {
						b.WriteString(tv.Value.ExactString())
					}
				}
				return true
			})
		}
	}
	read(n.Call)
	ast.Inspect(n.Func.Body, func(m ast.Node) bool {
		if call, ok := m.(*ast.CallExpr); ok {
			if fn := x.Pkg.Callee(call); fn != nil && fn.Name() == "SetAttributes" && fn.Signature().Recv() != nil && otelapi.IsSpan(fn.Signature().Recv().Type()) {
				for _, arg := range call.Args {
					if kv, ok := ast.Unparen(arg).(*ast.CallExpr); ok && len(kv.Args) == 2 && x.Pkg.Info.Types[kv.Args[1]].Value != nil {
						b.WriteString(x.Pkg.Info.Types[kv.Args[0]].Value.String())
						b.WriteString(x.Pkg.Info.Types[kv.Args[1]].Value.ExactString())
					}
				}
			}
		}
		return true
	})
	return b.String()
}

// own returns the name with the other function's in the place of one, as it
// is spelled there.
func own(text string, f, of *scope.Func) string {
	i := strings.LastIndexAny(text, "./:# ") + 1
	if text[i:] != of.Obj.Name() {
		return ""
	}
	if recv := receiver(of); recv != "" && recv != receiver(f) && strings.Contains(text[:i], recv) {
		if receiver(f) == "" {
			return ""
		}
		return strings.Replace(text[:i], recv, receiver(f), 1) + f.Obj.Name()
	}
	return text[:i] + f.Obj.Name()
}
