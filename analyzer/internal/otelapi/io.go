package otelapi

import "go/types"

// Performs reports whether calls of fn, a function of the standard library,
// do I/O.
func Performs(fn *types.Func) bool { return fn != nil && performers[key(fn)] }

var performers = map[string]bool{
	"(*net/http.Client).Get":      true,
	"(*net/http.Client).Head":     true,
	"(*net/http.Client).Post":     true,
	"(*net/http.Client).PostForm": true,
	"net/http.Get":                true,
	"net/http.Head":               true,
	"net/http.Post":               true,
	"net/http.PostForm":           true,
	"net.Dial":                    true,
	"net.DialTimeout":             true,
	"(net.Conn).Write":            true,
	"(net.Conn).Read":             true,
	"net.LookupHost":              true,
	"net.LookupIP":                true,
	"net/smtp.SendMail":           true,
	"(*net/rpc.Client).Call":      true,

	"(*database/sql.DB).Exec":       true,
	"(*database/sql.DB).Query":      true,
	"(*database/sql.DB).QueryRow":   true,
	"(*database/sql.DB).Begin":      true,
	"(*database/sql.DB).Ping":       true,
	"(*database/sql.Tx).Exec":       true,
	"(*database/sql.Tx).Query":      true,
	"(*database/sql.Tx).Commit":     true,
	"(*database/sql.Stmt).Exec":     true,
	"(*database/sql.Stmt).Query":    true,
	"(*os/exec.Cmd).Run":            true,
	"(*os/exec.Cmd).Output":         true,
	"(*os/exec.Cmd).Start":          true,
	"os.WriteFile":                  true,
	"os.ReadFile":                   true,
	"os.ReadDir":                    true,
	"os.Open":                       true,
	"os.OpenFile":                   true,
	"os.Create":                     true,
	"os.CreateTemp":                 true,
	"os.Mkdir":                      true,
	"os.MkdirAll":                   true,
	"os.Remove":                     true,
	"os.RemoveAll":                  true,
	"os.Rename":                     true,
	"os.Symlink":                    true,
	"os.CopyFS":                     true,
	"os.Truncate":                   true,
	"(*os.File).Write":              true,
	"(*os.File).WriteAt":            true,
	"(*os.File).WriteString":        true,
	"(*os.File).ReadFrom":           true,
	"(*os.File).Sync":               true,
	"(*os.File).Truncate":           true,
	"(*os/exec.Cmd).CombinedOutput": true,
}

// Pumps reports whether calls of fn copy one stream to another until the
// first ends.
func Pumps(fn *types.Func) bool { return fn != nil && pumps[key(fn)] }

var pumps = map[string]bool{
	"io.Copy":       true,
	"io.CopyN":      true,
	"io.CopyBuffer": true,
}
