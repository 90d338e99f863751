// Package watching begins what lasts until its callers say so.
package watching

import "log/slog"

// Watch returns a channel that is closed when it has ended.
func Watch(stop <-chan struct{}) <-chan struct{} {
	done := make(chan struct{})
	go func() {
		defer close(done)
		slog.Info("watching")
		<-stop
		slog.Info("watched")
	}()
	return done
}
