// Package imports has a file whose repair leaves no use of package context.
package imports

import (
	"context"
	"net/http"

	"src/freshctx/imports/db"
)

func get(w http.ResponseWriter, r *http.Request) {
	_ = db.Get(context.Background(), "a") // want `although r.Context\(\) is at hand, so it has neither its cancellation nor its values`
}

func put(w http.ResponseWriter, r *http.Request) {
	_ = db.Get(context.TODO(), "b") // want `although r.Context\(\) is at hand`
}
