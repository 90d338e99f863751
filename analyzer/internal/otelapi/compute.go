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
