// Package vet makes the program a tool for go vet -vettool: it answers the
// go command's questions, and analyzes one package per process.
package vet

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/tools/go/analysis/unitchecker"

	"github.com/spanlint/spanlint/analyzer"
	"github.com/spanlint/spanlint/cmd/spanlint/internal/switches"
	"github.com/spanlint/spanlint/internal/load"
)

// IsCall reports whether the arguments are one of the go command's calls.
func IsCall(args []string) bool {
	if len(args) == 0 {
		return false
	}
	last := args[len(args)-1]
	return strings.HasSuffix(last, ".cfg") || len(args) == 1 && (isFlag(last, "flags") || isFlag(last, "V=full"))
}

func isFlag(arg, name string) bool { return arg == "-"+name || arg == "--"+name }

// Main answers one call, and returns the exit code unless it exits itself.
func Main(args []string, stdout, stderr io.Writer) int {
	var err error
	switch last := args[len(args)-1]; {
	case isFlag(last, "V=full"):
		err = printVersion(stdout)
	case isFlag(last, "flags"):
		err = printFlags(stdout)
	default:
		err = analyze(args)
	}
	if err != nil {
		fmt.Fprintf(stderr, "spanlint: %v\n", err)
		return 2
	}
	return 0
}

// printVersion identifies the program for the build cache: what it finds
// depends on nothing but its own code and its flags.
//
// It is also the one call per go vet that can say clearly that a newer go
// command is at work. All others would fail, from the standard library on, each
// with a line of its own.
func printVersion(w io.Writer) error {
	if skew := load.Skew(os.Getenv("GOVERSION")); skew != "" {
		return errors.New(skew)
	}
	name, err := os.Executable()
	if err != nil {
		return err
	}
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s version devel buildID=%x\n", strings.ReplaceAll(filepath.Base(os.Args[0]), " ", "_"), h.Sum(nil))
	return err
}

// declare returns the flags of a call that analyzes a package.
func declare() (*flag.FlagSet, *switches.Set) {
	fs := flag.NewFlagSet("spanlint", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	return fs, switches.Declare(fs)
}

// printFlags tells the go command which flags it may take from its user and
// pass on. It passes -json only to a tool that claims to know it.
func printFlags(w io.Writer) error {
	fs, _ := declare()
	fs.Bool("json", false, "print findings and fixes as JSON")
	type description struct {
		Name  string
		Bool  bool
		Usage string
	}
	var flags []description
	fs.VisitAll(func(f *flag.Flag) {
		b, ok := f.Value.(interface{ IsBoolFlag() bool })
		flags = append(flags, description{f.Name, ok && b.IsBoolFlag(), f.Usage})
	})
	data, err := json.MarshalIndent(flags, "", "\t")
	if err != nil {
		return err
	}
	_, err = w.Write(append(data, '\n'))
	return err
}

// analyze analyzes the package that the last argument describes.
//
// unitchecker knows an analyzer's flag only as a choice between analyzers; our
// switches choose categories as well. So they are taken out of the arguments
// first, and unitchecker gets the rules that remain, and its own flags.
func analyze(args []string) error {
	fs, set := declare()
	theirs := []string{"json", "fix", "diff"}
	for _, name := range theirs {
		fs.Bool(name, false, "")
	}
	if err := fs.Parse(args); err != nil {
		return err
	}
	if fs.NArg() != 1 {
		return fmt.Errorf("unexpected arguments %q", fs.Args())
	}
	cfg, err := set.Config()
	if err != nil {
		return err
	}
	cfg.Naming = analyzer.NameRule
	if done, err := foreign(fs.Arg(0), cfg); done || err != nil {
		return err
	}
	os.Args = os.Args[:1:1]
	for _, name := range theirs {
		os.Args = append(os.Args, "-"+name+"="+fs.Lookup(name).Value.String())
	}
	os.Args = append(os.Args, fs.Arg(0))
	unitchecker.Main(analyzer.New(cfg)...)
	return nil
}
