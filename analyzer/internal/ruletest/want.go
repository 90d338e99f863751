package ruletest

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"text/scanner"

	"golang.org/x/tools/go/packages"
)

// A place is one line of one file.
type place struct {
	file string
	line int
}

// match compares findings with the want comments of packages.
func match(t tester, pkgs []*packages.Package, findings []finding) {
	t.Helper()
	var order []place
	wants := make(map[place][]*regexp.Regexp)
	for _, pkg := range pkgs {
		for _, file := range pkg.Syntax {
			for _, group := range file.Comments {
				for _, c := range group.List {
					pos := pkg.Fset.Position(c.Pos())
					patterns, delta, err := parseWant(c.Text)
					if err != nil {
						t.Errorf("%s: want comment: %v", pos, err)
					}
					at := place{pos.Filename, pos.Line + delta}
					if len(patterns) == 0 {
						continue
					}
					if wants[at] != nil {
						t.Errorf("%s: want comment: there is another for the same line", pos)
						continue
					}
					order = append(order, at)
					wants[at] = patterns
				}
			}
		}
	}
next:
	for _, f := range findings {
		at := place{f.pos.Filename, f.pos.Line}
		for i, rx := range wants[at] {
			if rx.MatchString(f.Message) {
				wants[at] = append(wants[at][:i:i], wants[at][i+1:]...)
				continue next
			}
		}
		if len(wants[at]) > 0 {
			t.Errorf("%s: %q does not match %q", f.pos, f.Message, wants[at])
		} else {
			t.Errorf("%s: nobody wants %q", f.pos, f.Message)
		}
	}
	for _, at := range order {
		for _, rx := range wants[at] {
			t.Errorf("%s:%d: nothing matches %q", at.file, at.line, rx)
		}
	}
}

// parseWant reads a comment as analysistest does. It knows no facts, as rules
// have none.
func parseWant(comment string) (patterns []*regexp.Regexp, delta int, err error) {
	text, isLine := strings.CutPrefix(comment, "//")
	if !isLine {
		text = strings.TrimSuffix(strings.TrimPrefix(comment, "/*"), "*/")
	}
	if i := strings.Index(text, "// want"); i >= 0 {
		text = text[i+len("// "):]
	}
	rest, ok := strings.CutPrefix(strings.TrimSpace(text), "want")
	if !ok {
		return nil, 0, nil
	}
	var problem error
	var s scanner.Scanner
	s.Init(strings.NewReader(rest))
	s.Mode = scanner.ScanIdents | scanner.ScanStrings | scanner.ScanRawStrings | scanner.ScanInts
	s.Error = func(_ *scanner.Scanner, msg string) { problem = fmt.Errorf("%s", msg) }
	for tok := s.Scan(); tok != scanner.EOF && problem == nil; tok = s.Scan() {
		switch tok {
		case '+':
			s.Scan()
			delta, problem = strconv.Atoi(s.TokenText())
		case scanner.String, scanner.RawString:
			pattern, err := strconv.Unquote(s.TokenText())
			if err != nil {
				return nil, 0, err
			}
			rx, err := regexp.Compile(pattern)
			if err != nil {
				return nil, 0, err
			}
			patterns = append(patterns, rx)
		default:
			problem = fmt.Errorf("unexpected %s", scanner.TokenString(tok))
		}
	}
	if problem == nil && len(patterns) == 0 {
		problem = fmt.Errorf("no pattern")
	}
	return patterns, delta, problem
}
