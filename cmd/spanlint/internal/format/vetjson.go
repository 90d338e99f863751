package format

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/spanlint/spanlint/analyzer"
)

// ReadVetJSON reads what go vet -json prints, which is a tree for each package,
// and what spanlint -json does, which is one. Relative paths are those of dir.
// The errors are those that the stream reports.
func ReadVetJSON(in io.Reader, dir string, src *Sources) (findings []Finding, packages int, errs []string, err error) {
	data, err := io.ReadAll(in)
	if err != nil {
		return nil, 0, nil, err
	}
	var plain []byte
	for line := range bytes.Lines(data) {
		if !bytes.HasPrefix(line, []byte("#")) { // go vet's headings, if they got in
			plain = append(plain, line...)
		}
	}
	seen := make(map[string]bool)
	trees := 0
	for dec := json.NewDecoder(bytes.NewReader(plain)); ; trees++ {
		var tree map[string]map[string]json.RawMessage
		if err := dec.Decode(&tree); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, 0, nil, fmt.Errorf("stdin is not what 'go vet -json' prints: %v", err)
		}
		for _, id := range slices.Sorted(maps.Keys(tree)) {
			pkg := importPath(id)
			seen[pkg] = true
			for _, rule := range slices.Sorted(maps.Keys(tree[id])) {
				more, failure, err := readDiagnostics(tree[id][rule], rule, pkg, dir)
				if err != nil {
					return nil, 0, nil, fmt.Errorf("stdin is not what 'go vet -json' prints: %s of %s: %v", rule, id, err)
				}
				if failure != "" {
					errs = append(errs, fmt.Sprintf("%s: %s: %s", id, rule, strings.ReplaceAll(failure, "\n", " ")))
				}
				findings = append(findings, more...)
			}
		}
	}
	if trees == 0 {
		return nil, 0, nil, errors.New("stdin is empty: go vet -json prints at least {}, so it may have failed; see what it says on stderr")
	}
	order := func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Start.Line, b.Start.Line), cmp.Compare(a.Start.Column, b.Start.Column),
			cmp.Compare(a.Code(), b.Code()), cmp.Compare(a.Message, b.Message))
	}
	slices.SortStableFunc(findings, order)
	findings = slices.CompactFunc(findings, func(a, b Finding) bool { return order(a, b) == 0 })
	Identify(findings, src)
	return findings, len(seen), errs, nil
}

func readDiagnostics(raw json.RawMessage, rule, pkg, dir string) (findings []Finding, failure string, err error) {
	var failed struct{ Error string }
	if json.Unmarshal(raw, &failed) == nil && failed.Error != "" {
		return nil, failed.Error, nil
	}
	var list []jsonDiagnostic
	if err := json.Unmarshal(raw, &list); err != nil {
		return nil, "", err
	}
	for _, d := range list {
		f := Finding{Rule: rule, Category: d.Category, Package: pkg}
		f.Message = strings.TrimSuffix(d.Message, " ("+f.Code()+")") // that go vet's readers see the rule
		if f.File, f.Start, err = readPosn(d.Posn, dir); err != nil {
			return nil, "", err
		}
		f.End = f.Start
		if file, end, err := readPosn(d.End, dir); err == nil && file == f.File {
			f.End = end
		}
		if slices.ContainsFunc(analyzer.Rules(), func(r analyzer.Rule) bool { return r.Name == rule }) {
			f.URL = analyzer.URL(rule) + "#" + d.Category
		}
		for _, r := range d.Related {
			file, start, err := readPosn(r.Posn, dir)
			if err != nil {
				continue // a place less
			}
			rel := Related{file, start, start, r.Message}
			if _, end, err := readPosn(r.End, dir); err == nil {
				rel.End = end
			}
			f.Related = append(f.Related, rel)
		}
		if len(d.SuggestedFixes) > 0 {
			f.Fix = &Fix{Message: d.SuggestedFixes[0].Message}
			for _, e := range d.SuggestedFixes[0].Edits {
				f.Fix.Edits = append(f.Fix.Edits, Edit{inDir(dir, e.Filename), e.Start, e.End, e.New})
			}
		}
		findings = append(findings, f)
	}
	return findings, "", nil
}

var posnSyntax = regexp.MustCompile(`^(.+?):(\d+)(?::(\d+))?$`)

func readPosn(posn, dir string) (file string, p Pos, err error) {
	m := posnSyntax.FindStringSubmatch(posn)
	if m == nil {
		return "", Pos{}, fmt.Errorf("%q is not a position", posn)
	}
	p.Line, _ = strconv.Atoi(m[2])
	p.Column, _ = strconv.Atoi(m[3])
	return inDir(dir, m[1]), p, nil
}

func inDir(dir, name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(dir, name)
}
