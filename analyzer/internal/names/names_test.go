package names_test

import (
	"testing"

	"github.com/spanlint/spanlint/analyzer/internal/names"
)

func TestVerbs(t *testing.T) {
	for _, test := range []struct {
		format string
		want   []names.Piece
		ok     bool
	}{
		{"plain", []names.Piece{{Text: "plain"}}, true},
		{"a %s b %+v", []names.Piece{{Text: "a "}, {Verb: 's'}, {Text: " b "}, {Verb: 'v', Arg: 1}}, true},
		{"%5.2f%%", []names.Piece{{Verb: 'f'}, {Text: "%"}}, true},
		{"%[2]s", nil, false},
		{"%*d", nil, false},
		{"%", nil, false},
	} {
		got, ok := names.Verbs(test.format)
		if ok != test.ok || len(got) != len(test.want) {
			t.Errorf("%q: %v, %v", test.format, got, ok)
			continue
		}
		for i := range got {
			if got[i] != test.want[i] {
				t.Errorf("%q: piece %d is %v, want %v", test.format, i, got[i], test.want[i])
			}
		}
	}
}
