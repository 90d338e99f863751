package fix

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
)

// Write replaces the files on disk, each at once, with their mode kept. Either
// all are written or, as far as anybody can tell beforehand, none. A symbolic
// link stays one; what it leads to is replaced.
func Write(changes []Change) error {
	type step struct{ temp, target string }
	var steps []step
	defer func() {
		for _, s := range steps {
			os.Remove(s.temp) // those that were not renamed
		}
	}()
	for _, c := range changes {
		target, err := filepath.EvalSymlinks(c.Name)
		if err != nil {
			return err
		}
		now, err := os.ReadFile(target)
		if err != nil {
			return err
		}
		if !bytes.Equal(now, c.Before) {
			return fmt.Errorf("%s has changed in the meantime: nothing is written, run again", c.Name)
		}
		temp, err := writeTemp(target, c.After)
		if temp != "" {
			steps = append(steps, step{temp, target})
		}
		if err != nil {
			return err
		}
	}
	for _, s := range steps {
		if err := os.Rename(s.temp, s.target); err != nil {
			return err
		}
	}
	return nil
}

// writeTemp writes the contents to a new file beside the target.
func writeTemp(target string, content []byte) (name string, err error) {
	info, err := os.Stat(target)
	if err != nil {
		return "", err
	}
	// Renaming would succeed where the user has asked for the file not to be written.
	if info.Mode().Perm()&0o200 == 0 {
		return "", fmt.Errorf("%s is read-only: nothing is written", target)
	}
	f, err := os.CreateTemp(filepath.Dir(target), "."+filepath.Base(target)+".*")
	if err != nil {
		return "", err
	}
	name = f.Name()
	if _, err = f.Write(content); err == nil {
		err = f.Chmod(info.Mode())
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	return name, err
}
