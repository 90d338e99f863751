package e2e

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Each line is a span: its name, its parent if it has one ("lost" if that was
// not exported), "late" if it begins when its parent has ended, the spans that
// it links to, "overlaps" if another round of it is still open, its status if set,
// its events and its attributes.
var spanProofs = []proof{
	{dir: "orphancanceled", flags: "-orphanspan", before: `
		server
		mail < server late Error
		order < server late Error`, after: `
		server
		notify -> server
		mail < notify
		remember -> server
		order < remember`, child: `
		server
		notify < server
		mail < notify
		remember < server
		order < remember`},
	{dir: "orphannospan", flags: "-orphanspan", before: `
		server
		mail < server late
		render < server late
		template < render`, after: `
		server
		notify -> server
		mail < notify
		render < notify
		template < render`, child: `
		server
		notify < server
		mail < notify
		render < notify
		template < render`},
	{dir: "orphanended", flags: "-orphanspan", before: `
		server
		place < server
		search < place late`, after: `
		server
		place < server
		index -> place
		search < index`, child: `
		server
		place < server
		index < place
		search < index`},
	{dir: "endlost", flags: "-spanend", before: `
		step < lost`, after: `
		reserve (book)
		total
		step < total`},
	{dir: "endmanual", flags: "-spanend", before: `
		root`, after: `
		root
		discount < root (exception)`},
	{dir: "endloop", flags: "-spanend", before: `
		pack
		line < pack
		line < pack overlaps`, after: `
		pack
		line < pack
		line < pack`},
	{dir: "freshasync", flags: "-freshctx", before: `
		server
		accept < server
		audit
		purge
		delete < purge`, after: `
		server
		accept < server
		record -> server
		audit < record
		purge -> server
		delete < purge`, child: `
		server
		accept < server
		record < server
		audit < record
		purge -> server
		delete < purge`},
	{dir: "freshsync", flags: "-freshctx", before: `
		server
		handle < server
		load
		save < handle`, after: `
		server
		handle < server
		load < handle
		save < handle`},
	{dir: "trackbare", flags: "-untracked", before: `
		server`, after: `
		server
		job -> server
		mail < job`},
	{dir: "trackpackage", flags: "-untracked -orphanspan", before: `
		server`, after: `
		server
		notify -> server
		mail < notify`, child: `
		server
		notify < server
		mail < notify`},
	{dir: "lostignored", flags: "-lostctx", before: `
		root
		handle < root
		query < root
		phase.load < root
		query < root
		query < root
		middleware < root
		query < root`, after: `
		root
		handle < root
		query < handle
		phase.load < root
		query < phase.load
		query < root
		middleware < root
		query < middleware`},
	{dir: "lostended", flags: "-lostctx", before: `
		root
		load < root
		load.read < load
		store < load late
		store.write < store
		notify < store late
		first < root
		first.step < first
		second < first late
		second.step < second`, after: `
		root
		load < root
		load.read < load
		store < root
		store.write < store
		notify < root
		first < root
		first.step < first
		second < root
		second.step < second`},
	{dir: "namevariable", flags: "-spanname -unsafe-fixes", before: `
		order /7
		item 0: x
		item 1: y`, after: `
		order url.path=/7
		item i=0 id=x
		item i=1 id=y`},
	{dir: "namecopied", flags: "-spanname -unsafe-fixes", before: `
		store.Get
		store.Get`, after: `
		store.Get
		store.Delete`},
	{dir: "errorreturn", flags: "-spanerror", before: `
		plain (exception)
		by hand`, after: `
		plain Error (exception)
		by hand Error`},
	{dir: "errordeferred", flags: "-spanerror", before: `
		work (exception)
		work`, after: `
		work Error (exception)
		work`},
	{dir: "logpackage", flags: "-logctx", before: `
		save`, after: `
		save saving=true`},
	{dir: "loglogger", flags: "-logctx", before: `
		save`, after: `
		save saved=true saving=true`},
}

// Programs whose spans an exporter in memory keeps, run under the race
// detector.
func TestProofSpans(t *testing.T) {
	bench{below: "spans", race: true, exports: exported}.prove(t, spanProofs)
}

// exported runs a program and returns the lines of its spans.
func exported(t *testing.T, programs, name string) []string {
	t.Helper()
	var spans []struct {
		Name, Parent, Status  string
		Late, Apart, Overlaps bool
		Links, Events         []string
		Attributes            map[string]string
	}
	// By default the race detector sleeps for a second at exit.
	out := run(t, programs, "env", "GORACE=halt_on_error=1 atexit_sleep_ms=50", filepath.Join(programs, name))
	if err := json.Unmarshal(out, &spans); err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, s := range spans {
		line := s.Name
		if s.Apart {
			s.Parent = "lost"
		}
		if s.Parent != "" {
			line += " < " + s.Parent
		}
		if s.Late {
			line += " late"
		}
		for _, link := range s.Links {
			line += " -> " + link
		}
		if s.Overlaps {
			line += " overlaps"
		}
		if s.Status != "Unset" {
			line += " " + s.Status
		}
		for _, event := range s.Events {
			line += " (" + event + ")"
		}
		var attributes []string
		for key, value := range s.Attributes {
			attributes = append(attributes, fmt.Sprintf("%s=%s", key, value))
		}
		slices.Sort(attributes)
		list = append(list, strings.Join(append([]string{line}, attributes...), " "))
	}
	return list
}
