package ruledoc_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/spanlint/spanlint/analyzer/internal/ruledoc"
)

const pictures = `// # Trace
//
// lost, manual:
//
//	the request          |====|
//	  work               :..x.:   its context
//	    leaf               |=>
//
// Some words.
//
// Repaired:
//
//	the request          |====|
//	work -> the request    |======|
//
// loop:
//
//	round                |=|
//
// # Fix and its safety`

func withPictures(replace ...string) string {
	return strings.Replace(good, "// # Fix and its safety", strings.NewReplacer(replace...).Replace(pictures), 1)
}

func TestTraces(t *testing.T) {
	d, err := ruledoc.Parse(withPictures())
	if err != nil {
		t.Fatal(err)
	}
	got, err := d.Traces()
	if err != nil {
		t.Fatal(err)
	}
	request := ruledoc.Row{Label: "the request", Span: true, Start: 21, End: 26, Dies: -1}
	want := []ruledoc.Trace{
		{
			Categories: []string{"lost", "manual"},
			Now: []ruledoc.Row{
				request,
				{Label: "work", Depth: 1, Start: 21, End: 26, Dies: 24, Note: "its context"},
				{Label: "leaf", Depth: 2, Span: true, Open: true, Start: 23, End: 25, Dies: -1},
			},
			Repaired: []ruledoc.Row{request, {Label: "work", Link: "the request", Span: true, Start: 23, End: 30, Dies: -1}},
		},
		{Categories: []string{"loop"}, Now: []ruledoc.Row{{Label: "round", Span: true, Start: 21, End: 23, Dies: -1}}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v\nwant\n%+v", got, want)
	}
	again, err := ruledoc.ParseText(d.Rule, d.String())
	if err != nil || !reflect.DeepEqual(again, d) {
		t.Errorf("the text reads as\n%+v\nwant\n%+v (%v)", again, d, err)
	}
}

func TestTracesSayWhatIsWrong(t *testing.T) {
	for _, test := range []struct{ old, new, want string }{
		{"lost, manual:\n//\n", "\n", "before the first category"},
		{"|=>", "=>", `not a row: "    leaf               =>"`},
		{"-> the request", "-> nobody", `no row "nobody" above "work"`},
		{"//	round                |=|\n", "//\n", "no picture of loop"},
	} {
		_, err := ruledoc.Parse(withPictures(test.old, test.new))
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q instead of %q: got %v, want %s", test.new, test.old, err, test.want)
		}
	}
}
