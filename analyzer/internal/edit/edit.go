// Package edit makes text edits: insert, delete, replace and wrap statements,
// import packages, find names that are free.
//
// Every function is total: where it cannot do what it promises it returns no
// edits, and the caller offers no fix. Nothing here modifies the syntax, and
// nothing here knows why an edit is wanted.
//
// Texts handed in are written as at the left margin, with tabs and "\n"; what
// comes out has the indentation of its place. The edits of several calls for
// one file may be put together as long as they are made for different
// statements; [File.Settle] then makes the result one that gofmt leaves alone.
package edit

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"go/token"
	"slices"

	"golang.org/x/tools/go/analysis"
)

// Sort orders edits by position. Insertions stand before replacements that
// start at the same place, and otherwise keep their order.
func Sort(edits []analysis.TextEdit) {
	slices.SortStableFunc(edits, func(a, b analysis.TextEdit) int {
		return cmp.Or(cmp.Compare(a.Pos, b.Pos), cmp.Compare(a.End, b.End))
	})
}

// Check reports why edits are not a valid change of the file: one lies
// outside of it or ends before it starts, or two are out of order or overlap.
func Check(file *token.File, edits []analysis.TextEdit) error {
	if len(edits) == 0 {
		return errors.New("no edits")
	}
	end := token.Pos(file.Base()) // of the edit before
	for i, e := range edits {
		switch {
		case e.Pos < token.Pos(file.Base()) || e.End > token.Pos(file.Base()+file.Size()):
			return fmt.Errorf("edit %d is not in %s", i, file.Name())
		case e.End < e.Pos:
			return fmt.Errorf("edit %d ends before it starts", i)
		case e.Pos < end:
			return fmt.Errorf("edit %d starts before the end of another", i)
		}
		end = e.End
	}
	return nil
}

// Touch reports whether edits of two fixes overlap or adjoin, so that tools
// which merge fixes would refuse one. An insertion that both make, as of one
// import, is one edit.
func Touch(edits, others []analysis.TextEdit) bool {
	for _, e := range edits {
		for _, o := range others {
			same := e.Pos == e.End && o.Pos == o.End && e.Pos == o.Pos && bytes.Equal(e.NewText, o.NewText)
			if !same && e.Pos <= o.End && o.Pos <= e.End {
				return true
			}
		}
	}
	return false
}

// Apply returns src, the text of the file, with valid edits applied.
func Apply(file *token.File, src []byte, edits []analysis.TextEdit) ([]byte, error) {
	if file.Size() != len(src) {
		return nil, fmt.Errorf("%s has %d bytes, not %d", file.Name(), len(src), file.Size())
	}
	if err := Check(file, edits); err != nil {
		return nil, err
	}
	return splice(src, spans(file, edits)), nil
}

// A span replaces src[start:end] by text.
type span struct {
	start, end int
	text       string
}

func spans(file *token.File, edits []analysis.TextEdit) []span {
	var list []span
	for _, e := range edits {
		list = append(list, span{file.Offset(e.Pos), file.Offset(e.End), string(e.NewText)})
	}
	return list
}

func splice(src []byte, list []span) []byte {
	var out bytes.Buffer
	at := 0
	for _, s := range list {
		out.Write(src[at:s.start])
		out.WriteString(s.text)
		at = s.end
	}
	out.Write(src[at:])
	return out.Bytes()
}
