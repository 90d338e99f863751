package otelapi

import (
	"go/types"
	"strings"
)

// Computes reports whether calls of fn, of the standard library, stay in
// memory: nothing is read, written or waited for.
func Computes(fn *types.Func) bool {
	if fn == nil || fn.Pkg() == nil {
		return false
	}
	path := fn.Pkg().Path()
	switch path {
	case "fmt":
		return strings.HasPrefix(fn.Name(), "Sprint") || fn.Name() == "Errorf" || fn.Name() == "Append"
	case "time":
		return fn.Name() != "Sleep" && fn.Name() != "After" && fn.Name() != "Tick"
	}
	root, _, _ := strings.Cut(path, "/")
	return computing[path] || computing[root]
}

// computing are packages, with all below them.
var computing = map[string]bool{
	"bytes": true, "cmp": true, "container": true, "crypto": true, "encoding": true, "errors": true, "hash": true,
	"iter": true, "maps": true, "math": true, "path": true, "reflect": true, "regexp": true, "slices": true,
	"sort": true, "strconv": true, "strings": true, "unicode": true, "unique": true,
}

// Looks reports whether calls of fn, of the standard library, do no more with
// what they are given than to look at it, or to make something new of it.
func Looks(fn *types.Func) bool {
	if fn == nil || fn.Pkg() == nil || fn.Signature().Recv() != nil {
		return false
	}
	switch fn.Pkg().Path() {
	case "errors":
		return fn.Name() != "As"
	case "fmt":
		return Computes(fn) && fn.Name() != "Append"
	case "strings", "strconv":
		return true // nobody writes a string
	}
	return lookers[key(fn)]
}

var lookers = map[string]bool{
	"encoding/json.Marshal":       true,
	"encoding/json.MarshalIndent": true,
	"maps.All":                    true,
	"maps.Clone":                  true,
	"maps.Equal":                  true,
	"maps.Keys":                   true,
	"maps.Values":                 true,
	"slices.All":                  true,
	"slices.BinarySearch":         true,
	"slices.BinarySearchFunc":     true,
	"slices.Clone":                true,
	"slices.Collect":              true,
	"slices.Concat":               true,
	"slices.Contains":             true,
	"slices.ContainsFunc":         true,
	"slices.Equal":                true,
	"slices.EqualFunc":            true,
	"slices.Index":                true,
	"slices.IndexFunc":            true,
	"slices.Max":                  true,
	"slices.MaxFunc":              true,
	"slices.Min":                  true,
	"slices.MinFunc":              true,
	"slices.Sorted":               true,
	"slices.Values":               true,
}
