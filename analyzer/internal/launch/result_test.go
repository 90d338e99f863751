package launch_test

import (
	"go/ast"
	"testing"

	"github.com/spanlint/spanlint/analyzer/internal/launch"
)

const results = `package p

import (
	"bufio"
	"io"
	"net/http"
	"time"
)

type rows interface{ Next(any) error }
type part struct { name string; r io.Reader; stop func() }
type T struct { r io.Reader; rows rows; resp *http.Response; rs []io.Reader; m map[string]io.Reader; ch chan io.Reader; stop func() error; name string; t *time.Timer }

var last io.Reader

func run() {}
func open() (io.ReadCloser, error) { return nil, nil }
func query() rows { return nil }
func get() *http.Response { return nil }
func name() string { return "" }
func timer() *time.Timer { return nil }
func parse(r io.Reader) *part { return nil }

func (t *T) Field()    { go run(); t.r, _ = open() } // is: others
func (t *T) Variable() { go run(); r, _ := open(); t.r = r } // is: others
func (t *T) Rows()     { go run(); it := query(); t.rows = it } // is: others
func (t *T) Body()     { go run(); resp := get(); t.r = resp.Body } // is: others
func (t *T) Response() { go run(); t.resp = get() } // is: others
func (t *T) Around()   { go run(); r, _ := open(); t.r = bufio.NewReader(r) } // is: others
func (t *T) Lists()    { go run(); r, _ := open(); t.rs = append(t.rs, r) } // is: others
func (t *T) Maps()     { go run(); r, _ := open(); t.m["a"] = r } // is: others
func (t *T) Sends()    { go run(); r, _ := open(); t.ch <- r } // is: others
func (t *T) Method()   { go run(); r, _ := open(); t.stop = r.Close } // is: others
func (t *T) Closure()  { go run(); r, _ := open(); t.stop = func() error { return r.Close() } } // is: others
func (t *T) Timer()    { go run(); t.t = timer() } // is: others
func Package()         { go run(); last, _ = open() } // is: others
func Given(p *part)    { go run(); p.r, _ = open() } // is: others

func Object() *part      { go run(); p := &part{name: "p"}; p.r, _ = open(); return p } // is: caller
func Literal() part      { go run(); r, _ := open(); return part{"p", r, nil} } // is: caller
func Wrapped() io.Reader { go run(); r, _ := open(); return bufio.NewReader(r) } // is: caller
func Returns() func()    { go run(); r, _ := open(); return func() { r.Close() } } // is: caller
func Result() (rs []io.Reader) { go run(); r, _ := open(); rs = append(rs, r); return } // is: caller

func Direct() (io.ReadCloser, error) { go run(); return open() } // is: nobody
func Named() (r io.ReadCloser, err error) { go run(); r, err = open(); return } // is: nobody
func Closed()          { go run(); r, _ := open(); defer r.Close() } // is: nobody
func Answered() *http.Response { go run(); return get() } // is: nobody
func Read() []byte     { go run(); r, _ := open(); b, _ := io.ReadAll(r); return b } // is: nobody
func (t *T) Data()     { go run(); t.name = name() } // is: nobody
func (t *T) Status()   { go run(); t.name = get().Status } // is: nobody
func Parsed() *part    { go run(); r, _ := open(); return parse(r) } // is: nobody
func Local()           { go run(); ch := make(chan io.Reader, 1); r, _ := open(); ch <- r; io.ReadAll(<-ch) } // is: nobody
func Counts() int      { go run(); r, _ := open(); return len([]io.Reader{r}) } // is: nobody
func (t *T) Sets(n string) { go run(); p := part{}; p.r, _ = open(); t.name = p.name } // is: nobody
`

func TestResultOf(t *testing.T) {
	names := map[launch.Keeper]string{launch.NobodyKeeps: "nobody", launch.CallerKeeps: "caller", launch.OthersKeep: "others"}
	opens := map[string]bool{"open": true, "query": true, "get": true, "name": true, "timer": true}
	answers(t, results, func(x *launch.Index, l *launch.Launch) string {
		var found *ast.CallExpr
		ast.Inspect(l.Func.Root().Body, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				if id, ok := call.Fun.(*ast.Ident); ok && opens[id.Name] {
					found = call
				}
			}
			return true
		})
		return names[x.ResultOf(found)]
	})
}
