package freshctx

import (
	"context"
	"database/sql"
	"net/http"
)

func contextlessGet(ctx context.Context, url string) error {
	ctx, span := tracer.Start(ctx, "get")
	defer span.End()
	resp, err := http.Get(url) // want `http.Get takes no context although ctx is at hand, so it is cut off from the trace`
	if err != nil {
		return err
	}
	sink(ctx)
	return resp.Body.Close()
}

func contextlessPost(client *http.Client) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		resp, err := client.Post("http://hooks.invalid", "text/plain", r.Body) // want `client.Post takes no context although r.Context\(\) is at hand`
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		_ = resp.Body.Close()
	}
}

func contextlessQuery(ctx context.Context, db *sql.DB, id string) (name string, err error) {
	ctx, span := tracer.Start(ctx, "name")
	defer span.End()
	sink(ctx)
	err = db.QueryRow("select name from customers where id = $1", id).Scan(&name) // want `db.QueryRow takes no context although ctx is at hand`
	return name, err
}

func silentContextless(url string) error {
	resp, err := http.Get(url)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

func silentQueryWithContext(ctx context.Context, db *sql.DB, id string) error {
	_, err := db.ExecContext(ctx, "delete from customers where id = $1", id)
	return err
}

// What has begun with a context goes on with it, or not, as that says.
func silentRollback(ctx context.Context, db *sql.DB) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	return tx.Commit()
}
