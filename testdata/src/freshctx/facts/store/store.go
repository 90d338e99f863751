// Package store works with contexts of its own making.
package store

import (
	"context"
	"database/sql"
	"log/slog"
	"time"
)

type Store struct {
	db    *sql.DB
	ready chan bool
}

func (s *Store) Save(id string) error { return s.save(id) }

func (s *Store) save(id string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_, err := s.db.ExecContext(ctx, "insert", id)
	return err
}

// SaveContext has a context: that it is not used is said here.
func (s *Store) SaveContext(ctx context.Context, id string) error {
	_, err := s.db.ExecContext(context.Background(), "insert", id) // want `call starts over from context.Background`
	return err
}

func (s *Store) Log(id string) { slog.InfoContext(context.Background(), id) }

// Later is a life of its own.
func (s *Store) Later(id string) {
	go func() { _, _ = s.db.ExecContext(context.Background(), "insert", id) }()
}

func Open(name string) (*Store, error) {
	db, err := sql.Open("x", name)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	return &Store{db: db}, db.PingContext(ctx)
}

func (s *Store) Close() error {
	defer func() { _, _ = s.db.ExecContext(context.Background(), "bye") }()
	return nil
}
