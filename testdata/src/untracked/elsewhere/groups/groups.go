// Package groups has groups that its importers count with.
package groups

import "sync"

// Running counts what has to end before the program does.
var Running sync.WaitGroup

// Shared has one in a field.
type Shared struct{ Group sync.WaitGroup }

// Default is shared by all.
var Default = &Shared{}
