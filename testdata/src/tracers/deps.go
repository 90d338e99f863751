// Package tracers keeps the modules that only the tables of tracers name.
package tracers

import _ "go.elastic.co/apm"
