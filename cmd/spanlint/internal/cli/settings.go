package cli

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spanlint/spanlint/cmd/spanlint/internal/format"
	"github.com/spanlint/spanlint/cmd/spanlint/internal/settings"
	"github.com/spanlint/spanlint/cmd/spanlint/internal/switches"
	"github.com/spanlint/spanlint/internal/load"
)

// settings reads the file of the module, or the one that -config names, and
// puts what it says below the flags that are given.
func (c *command) settings(set *switches.Set, given map[string]bool) error {
	name := c.config
	if name == "" {
		root, err := settings.Root(c.dir)
		if err != nil || root == "" {
			return err
		}
		name = filepath.Join(root, settings.FileName)
		if _, err := os.Stat(name); errors.Is(err, os.ErrNotExist) {
			for _, other := range settings.OtherNames {
				if _, err := os.Stat(filepath.Join(root, other)); err == nil {
					return fmt.Errorf("%s is not read: its name is %s", other, settings.FileName)
				}
			}
			return nil
		}
	} else if !filepath.IsAbs(name) {
		name = filepath.Join(c.dir, name)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	dir, err := filepath.Abs(c.dir)
	if err != nil {
		return err
	}
	args, err := settings.Read(filepath.ToSlash(format.Relative(dir, name)), data)
	if err != nil {
		return err
	}
	return set.Below(args, given)
}

// init writes a settings file that changes nothing and says what could be
// changed, after a look at the module.
func (c *command) init(args []string) int {
	fs := flag.NewFlagSet("spanlint init", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.StringVar(&c.dir, "C", "", "work in this `directory`")
	if err := fs.Parse(args); err != nil || fs.NArg() > 0 {
		return c.fail(errors.New("init takes no arguments but -C"))
	}
	root, err := settings.Root(c.dir)
	if err != nil {
		return c.fail(err)
	}
	if root == "" {
		return c.fail(errors.New("init: there is no go.mod here or above"))
	}
	name := filepath.Join(root, settings.FileName)
	if _, err := os.Stat(name); err == nil {
		return c.fail(fmt.Errorf("init: %s is there already", settings.FileName))
	}
	loaded, err := load.Load(load.Config{Dir: root, Patterns: []string{"./..."}})
	if err != nil {
		return c.fail(err)
	}
	view, err := settings.Look(loaded)
	if err != nil {
		return c.fail(err)
	}
	if err := os.WriteFile(name, settings.Template(view), 0o666); err != nil {
		return c.fail(err)
	}
	how := "they do"
	if len(view.Helpers) == 1 {
		how = "it does"
	}
	fmt.Fprintf(c.stdout, "wrote %s: %s known by what %s, nothing to declare yet\n",
		settings.FileName, format.Count(len(view.Helpers), "helper"), how)
	return exitClean
}

// schema prints the schema of the settings file.
func (c *command) schema(args []string) int {
	if len(args) > 0 {
		return c.fail(errors.New("schema takes no arguments"))
	}
	data, err := settings.Schema()
	if err != nil {
		return c.fail(err)
	}
	if _, err := c.stdout.Write(data); err != nil {
		return c.fail(err)
	}
	return exitClean
}
