// Command receiver runs a program and receives what it exports by OTLP over
// HTTP. It prints what has arrived when the program has ended, as JSON.
package main

import (
	"cmp"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/protobuf/proto"
)

// A span is what the proof looks at.
type span struct {
	Name, Kind, Trace, ID, Parent string
	start                         uint64
}

func main() {
	var mu sync.Mutex
	var spans []span
	requests := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		var request collector.ExportTraceServiceRequest
		if err != nil || proto.Unmarshal(body, &request) != nil {
			http.Error(w, "no spans", http.StatusBadRequest)
			return
		}
		mu.Lock()
		defer mu.Unlock()
		requests++
		for _, resource := range request.ResourceSpans {
			for _, scope := range resource.ScopeSpans {
				for _, s := range scope.Spans {
					spans = append(spans, span{
						Name:  s.Name,
						Kind:  strings.ToLower(strings.TrimPrefix(s.Kind.String(), "SPAN_KIND_")),
						Trace: hex.EncodeToString(s.TraceId), ID: hex.EncodeToString(s.SpanId), Parent: hex.EncodeToString(s.ParentSpanId),
						start: s.StartTimeUnixNano,
					})
				}
			}
		}
		w.Header().Set("Content-Type", "application/x-protobuf")
	}))
	cmd := exec.Command(os.Args[1])
	cmd.Env = append(os.Environ(), "OTEL_EXPORTER_OTLP_ENDPOINT="+server.URL)
	out, err := cmd.CombinedOutput()
	fmt.Fprintf(os.Stderr, "%s%v\n", out, err)
	server.Close()
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.start, b.start) })
	json.NewEncoder(os.Stdout).Encode(struct {
		Requests int
		Spans    []span
	}{requests, spans})
}
