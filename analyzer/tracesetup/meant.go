package tracesetup

import (
	"go/ast"
	"regexp"
	"strings"

	"github.com/spanlint/spanlint/analyzer/internal/scope"
)

// meant reports whether the documentation of the function, or a comment above
// the call, says that spans are to be exported as they end. Its author knows
// then what that costs.
func meant(p *scope.Package, c *ast.CallExpr) bool {
	for _, text := range [...]string{p.Doc(c), p.Remark(c)} {
		text = strings.Join(strings.Fields(text), " ")
		if regretted.MatchString(text) {
			continue
		}
		for sentence := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune(".;:!?()", r) }) {
			if saysImmediately(sentence) {
				return true
			}
		}
	}
	return false
}

// saysImmediately reports whether a sentence says of spans, or of their export,
// that it happens at once. That something else does, a return for example, has
// to do with it as little as that something must not be.
func saysImmediately(sentence string) bool {
	if unbatched.MatchString(sentence) {
		return true
	}
	for _, at := range immediately.FindAllStringSubmatchIndex(sentence, -1) {
		gap := ""
		if at[2] >= 0 {
			gap = sentence[at[2]:at[3]]
		}
		if !another.MatchString(gap) && !denied.MatchString(sentence[:at[0]]) {
			return true
		}
	}
	return false
}

const (
	exports = `(?:export|sav|send|sent|writ|flush|process|deliver|upload|emit|pushe|push)\w*`
	atOnce  = `(?:immediate(?:ly)?|synchronous(?:ly)?|as soon as|right away|at once|one by one)`
)

var (
	immediately = regexp.MustCompile(`(?i)\b` + exports + `((?: \w+){0,5})[ ,]+` + atOnce + `\b|\b(?:immediate|synchronous) (?:\w+ ){0,2}` + exports + `|\b(?:immediately|synchronously) ` + exports)
	unbatched   = regexp.MustCompile(`(?i)\b(?:not? batch(?:ed|ing)?|without batch(?:es|ing)|unbatched|(?:rather than|instead of) batch(?:ed|es|ing))\b`)
	another     = regexp.MustCompile(`(?i)\b(?:and|or|then|but|returns?|so|that|when)\b`)
	denied      = regexp.MustCompile(`(?i)(?:\b(?:not|never|no longer|avoid\w*|rather than|instead of|cannot)\b|n't\b)[^,]*$`)
	regretted   = regexp.MustCompile(`\b(?:TODO|FIXME|XXX|HACK)\b`)
)
