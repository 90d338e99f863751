package edit

import "golang.org/x/tools/go/analysis"

// Fix returns the edits as a fix, completed as by Settle. It returns nil if
// there are none, or if they are no valid change of the file.
func (f *File) Fix(message string, edits []analysis.TextEdit) *analysis.SuggestedFix {
	edits, ok := f.Settle(edits)
	if !ok || len(edits) == 0 || Check(f.Tok, edits) != nil {
		return nil
	}
	return &analysis.SuggestedFix{Message: message, TextEdits: edits}
}
