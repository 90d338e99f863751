// Package repo has no contexts at all.
package repo

import "src/freshctx/facts/store"

type Repo struct{ store *store.Store }

func (r *Repo) Put(id string) error { return r.put(id) }

func (r *Repo) put(id string) error { return r.store.Save(id) }
