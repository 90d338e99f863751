package only

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/spanlint/spanlint/cmd/spanlint/internal/format"
)

// An Entry is one known finding. All but the fingerprint is for its readers,
// and for finding files that have been renamed.
type Entry struct {
	Fingerprint string `json:"fingerprint"`
	Rule        string `json:"rule"` // with its category
	Path        string `json:"path"` // the import path, and the file
	Func        string `json:"func,omitempty"`
	Line        string `json:"line"` // its text
	Message     string `json:"message"`
}

// A Baseline is a file of known findings.
type Baseline struct {
	Name    string
	Entries []Entry
}

const baselineVersion = 1

type baselineFile struct {
	Version  int     `json:"version"`
	Findings []Entry `json:"findings"`
}

// ReadBaseline reads a baseline from a file, which the user knows by name.
func ReadBaseline(file, name string) (*Baseline, error) {
	data, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("-baseline: there is no file %s: write it with -write-baseline=%s", name, name)
	} else if err != nil {
		return nil, fmt.Errorf("-baseline: %w", err)
	}
	var content baselineFile
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&content); err != nil {
		return nil, fmt.Errorf("%s is not a baseline of spanlint (%v): remove it, and write it anew with -write-baseline=%s", name, err, name)
	}
	if content.Version != baselineVersion {
		return nil, fmt.Errorf("%s is a baseline of version %d, and this spanlint knows version %d: use the spanlint that wrote it, or write it anew with -write-baseline=%s", name, content.Version, baselineVersion, name)
	}
	for i, e := range content.Findings {
		if e.Fingerprint == "" || e.Rule == "" || e.Path == "" {
			return nil, fmt.Errorf("%s: entry %d lacks its fingerprint, rule or path: write it anew with -write-baseline=%s", name, i+1, name)
		}
	}
	return &Baseline{name, content.Findings}, nil
}

func entry(f format.Finding, src *format.Sources) Entry {
	return Entry{f.Fingerprint, f.Code(), f.Path(), f.Func, src.Normal(f.File, f.Start.Line), f.Message}
}

// Split divides findings into those that are new and those that are known, and
// returns the entries that are left over. gone reports whether the file with
// the path of an entry is there no longer: then a finding in another file that
// is like the entry in all else is the same, as the file was renamed.
func (b *Baseline) Split(findings []format.Finding, src *format.Sources, gone func(path string) bool) (fresh, known []format.Finding, left []Entry) {
	used := make([]bool, len(b.Entries))
	var rest []int
	isKnown := make([]bool, len(findings))
	for i, f := range findings {
		j := slices.IndexFunc(b.Entries, func(e Entry) bool { return e.Fingerprint == f.Fingerprint })
		if j >= 0 && !used[j] {
			used[j], isKnown[i] = true, true
		} else {
			rest = append(rest, i)
		}
	}
	for _, i := range rest {
		f := entry(findings[i], src)
		for j, e := range b.Entries {
			if !used[j] && e.Rule == f.Rule && e.Func == f.Func && e.Line == f.Line && gone(e.Path) {
				used[j], isKnown[i] = true, true
				break
			}
		}
	}
	for i, f := range findings {
		if isKnown[i] {
			known = append(known, f)
		} else {
			fresh = append(fresh, f)
		}
	}
	for j, e := range b.Entries {
		if !used[j] {
			left = append(left, e)
		}
	}
	return fresh, known, left
}

// Encode returns the contents of a baseline of the findings and of entries that
// are kept.
func Encode(findings []format.Finding, kept []Entry, src *format.Sources) ([]byte, error) {
	file := baselineFile{Version: baselineVersion, Findings: slices.Clone(kept)}
	for _, f := range findings {
		file.Findings = append(file.Findings, entry(f, src))
	}
	slices.SortFunc(file.Findings, func(a, b Entry) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Func, b.Func),
			cmp.Compare(a.Line, b.Line), cmp.Compare(a.Fingerprint, b.Fingerprint))
	})
	if file.Findings == nil {
		file.Findings = []Entry{}
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(file)
	return out.Bytes(), err
}
