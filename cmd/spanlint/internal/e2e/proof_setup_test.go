package e2e

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"testing"
)

// The lines are what the receiver got: how many requests, and each span with
// its kind and its parent.
var setupProofs = []proof{
	{dir: "exitcanceled", flags: "-exitflush", before: `
		0 requests`, after: `
		1 requests
		work internal`},
	{dir: "exitfatal", flags: "-exitflush -unsafe-fixes", before: `
		0 requests`, after: `
		1 requests
		work internal`},
	{dir: "exitorder", flags: "-exitflush -unsafe-fixes", before: `
		1 requests
		work internal < lost`, after: `
		1 requests
		main internal
		work internal < main`},
	{dir: "syncer", flags: "-tracesetup", before: `
		3 requests
		work internal
		work internal
		work internal`, after: `
		1 requests
		work internal
		work internal
		work internal`},
	{dir: "propagator", flags: "-tracesetup", before: `
		1 requests
		call internal
		serve internal`, after: `
		1 requests
		call internal
		serve internal < call`},
	{dir: "sampler", flags: "-tracesetup", before: `
		0 requests`, after: `
		1 requests
		work internal < lost`},
	{dir: "nats", flags: "-queuectx", before: `
		1 requests
		send producer
		process internal
		store internal < process`, after: `
		1 requests
		send producer
		process consumer < send
		store internal < process`},
	{dir: "jetstream", flags: "-queuectx", before: `
		1 requests
		send internal
		process consumer
		store internal < process`, after: `
		1 requests
		send producer
		process consumer < send
		store internal < process`},
	{dir: "kafka", flags: "-queuectx", before: `
		1 requests
		send producer
		process consumer
		store internal < process`, after: `
		1 requests
		send producer
		process consumer < send
		store internal < process`},
	{dir: "franz", flags: "-queuectx", before: `
		1 requests
		send internal
		process internal
		store internal < process`, after: `
		1 requests
		send producer
		process consumer < send
		store internal < process`},
}

// Programs end, are set up and cross a real broker: what arrives at the
// receiver is what the rules say is lost, and after the repair it is there.
func TestProofSetup(t *testing.T) {
	skipUnlessAsked(t)
	bench{module: "setup", exports: received}.prove(t, setupProofs)
}

// received runs a program below the receiver and returns a line for each thing
// that has arrived. A parent that has not is called lost.
func received(t *testing.T, programs, name string) []string {
	t.Helper()
	var got struct {
		Requests int
		Spans    []struct{ Name, Kind, Trace, ID, Parent string }
	}
	out := run(t, programs, filepath.Join(programs, "receiver"), filepath.Join(programs, name))
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
	lines := []string{fmt.Sprintf("%d requests", got.Requests)}
	for _, s := range got.Spans {
		line := s.Name + " " + s.Kind
		if s.Parent != "" {
			parent := "lost"
			for _, p := range got.Spans {
				if p.ID == s.Parent && p.Trace == s.Trace {
					parent = p.Name
				}
			}
			line += " < " + parent
		}
		lines = append(lines, line)
	}
	return lines
}
