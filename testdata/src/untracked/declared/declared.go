//ruletest:flags -launchers=(src/untracked/declared.runner).Go:tracked,(src/untracked/declared.runner).Start

// Package declared has functions that are known by declarations alone.
package declared

import (
	"context"
	"net/http"
)

type store interface {
	Save(ctx context.Context) error
}

var db store

type runner interface {
	Go(f func())
	Start(f func())
}

var r runner

func silentTracked(_ http.ResponseWriter, req *http.Request) {
	ctx := context.WithoutCancel(req.Context())
	r.Go(func() { _ = db.Save(ctx) })
}

func untracked(_ http.ResponseWriter, req *http.Request) {
	ctx := context.WithoutCancel(req.Context())
	r.Start(func() { _ = db.Save(ctx) }) // want `nobody can wait for this goroutine, .*untracked.bare`
}
