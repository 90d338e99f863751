// Package audit keeps the record of who did what.
package audit

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"sync"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"

	"shop/internal/rest"
)

var tracer = otel.Tracer("shop/internal/audit")

// Log sends events to the audit service and keeps a journal on disk.
type Log struct {
	rest    *rest.Client
	mu      sync.Mutex
	journal *os.File
	pending sync.WaitGroup
}

// Open returns a log that appends to the journal at path.
func Open(gateway, path string) (*Log, error) {
	journal, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	return &Log{rest: rest.New(gateway), journal: journal}, nil
}

// Record sends one event to the audit service.
func (l *Log) Record(ctx context.Context, action, subject string) error {
	ctx, span := tracer.Start(ctx, "audit.record")
	defer span.End()
	span.SetAttributes(attribute.String("audit.action", action))
	err := l.rest.Post(ctx, "/audit", map[string]string{"action": action, "subject": subject})
	if err != nil {
		span.SetStatus(codes.Error, err.Error())
	}
	return err
}

// Note appends a line to the journal without making the caller wait.
func (l *Log) Note(action, subject string) {
	l.pending.Add(1)
	go func() {
		defer l.pending.Done()
		l.mu.Lock()
		defer l.mu.Unlock()
		if _, err := fmt.Fprintf(l.journal, "%s %s\n", action, subject); err != nil {
			slog.Error("journal", "err", err)
		}
	}()
}

// Close closes the journal.
func (l *Log) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.journal.Close()
}
