package cli

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spanlint/spanlint/analyzer"
	"github.com/spanlint/spanlint/cmd/spanlint/internal/format"
)

// Outputs are the formats of one run, and where they go.
type outputs struct {
	list []*output
}

type output struct {
	format string
	file   string // "" is stdout
	// temp is written first, and takes the file's place when it is complete.
	temp *os.File
	// direct is a file that cannot be replaced, such as a device.
	direct bool
}

// parseOutputs reads -format, FORMAT[:FILE],..., and -o, the file of the format
// that names none.
func parseOutputs(formats, file string) (*outputs, error) {
	o := new(outputs)
	free := 0
	for spec := range strings.SplitSeq(formats, ",") {
		name, to, named := strings.Cut(strings.TrimSpace(spec), ":")
		if _, ok := format.Formats[name]; !ok {
			return nil, fmt.Errorf("-format=%s: there is no format %q%s", formats, name, there(name, "the formats are", format.Names))
		}
		if named && to == "" {
			return nil, fmt.Errorf("-format=%s: the name of a file is missing after %s:", formats, name)
		}
		if to == "-" || to == "stdout" {
			to = ""
		} else if !named && file != "" && file != "-" {
			to = file
		}
		if to == "" {
			free++
		}
		if slices.ContainsFunc(o.list, func(x *output) bool { return x.file != "" && x.file == to }) {
			return nil, fmt.Errorf("-format=%s: two formats would be written to %s: give each its file, as in sarif:out.sarif,text", formats, to)
		}
		o.list = append(o.list, &output{format: name, file: to})
	}
	if free > 1 {
		return nil, fmt.Errorf("-format=%s: only one format can go to stdout: give the others a file, as in sarif:out.sarif,text", formats)
	}
	if file != "" && file != "-" && !slices.ContainsFunc(o.list, func(x *output) bool { return x.file == file }) {
		return nil, fmt.Errorf("-o=%s: all formats of -format=%s have a file already", file, formats)
	}
	return o, nil
}

// there says which words there are, and first of all the one that was meant, if
// one is near: "; the rules are a, b".
func there(got, are string, words []string) string {
	list := are + " " + strings.Join(words, ", ")
	if near := analyzer.Nearest(got, words); near != "" && len(got) > 3 {
		return fmt.Sprintf("; did you mean %q? %s%s", near, strings.ToUpper(list[:1]), list[1:])
	}
	return "; " + list
}

// open makes sure that everything can be written, before anything is computed.
func (o *outputs) open() error {
	for _, x := range o.list {
		if x.file == "" {
			continue
		}
		if info, err := os.Stat(x.file); err == nil {
			if info.IsDir() {
				return fmt.Errorf("cannot write %s: it is a directory", x.file)
			}
			if !info.Mode().IsRegular() {
				f, err := os.OpenFile(x.file, os.O_WRONLY, 0)
				if err != nil {
					return fmt.Errorf("cannot write %w", err)
				}
				x.temp, x.direct = f, true
				continue
			}
			// Who may not write to the file may perhaps replace it, and should not.
			f, err := os.OpenFile(x.file, os.O_WRONLY, 0)
			if err != nil {
				return fmt.Errorf("cannot write %w", err)
			}
			f.Close()
		}
		f, err := os.CreateTemp(filepath.Dir(x.file), "."+filepath.Base(x.file)+".*")
		if err != nil {
			return fmt.Errorf("cannot write %s: %w", x.file, cause(err))
		}
		x.temp = f
	}
	return nil
}

// write writes a report in all formats. Files appear when they are complete.
func (o *outputs) write(stdout io.Writer, r *format.Report, color bool) error {
	for _, x := range o.list {
		own := *r
		w := stdout
		if x.temp != nil {
			w = x.temp
		} else {
			own.Color = color
		}
		if err := format.Formats[x.format](w, &own); err != nil {
			return fmt.Errorf("cannot write %s: %w", x.name(), cause(err))
		}
	}
	for _, x := range o.list {
		if err := x.finish(); err != nil {
			return fmt.Errorf("cannot write %s: %w", x.name(), cause(err))
		}
	}
	return nil
}

func (x *output) name() string {
	if x.file == "" {
		return "the output"
	}
	return x.file
}

func (x *output) finish() error {
	if x.temp == nil {
		return nil
	}
	temp := x.temp
	x.temp = nil
	if x.direct {
		return temp.Close()
	}
	mode := os.FileMode(0o644)
	target := x.file
	if info, err := os.Stat(target); err == nil {
		mode = info.Mode().Perm()
		if real, err := filepath.EvalSymlinks(target); err == nil {
			target = real // a link stays one
		}
	}
	err := temp.Chmod(mode)
	if closeErr := temp.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(temp.Name(), target)
	}
	if err != nil {
		os.Remove(temp.Name())
	}
	return err
}

// discard removes what was not written to its end.
func (o *outputs) discard() {
	for _, x := range o.list {
		if x.temp != nil {
			x.temp.Close()
			if !x.direct {
				os.Remove(x.temp.Name())
			}
			x.temp = nil
		}
	}
}

// cause returns an error without the names of temporary files.
func cause(err error) error {
	if p, ok := err.(*os.PathError); ok {
		return p.Err
	}
	if l, ok := err.(*os.LinkError); ok {
		return l.Err
	}
	return err
}
