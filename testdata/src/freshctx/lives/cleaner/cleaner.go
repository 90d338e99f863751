// Package cleaner keeps what is to be done in the end.
package cleaner

// A Cleaner has steps.
type Cleaner struct {
	steps []step
	funcs []func() error
	ready chan func() error
}

type step struct {
	name string
	run  func() error
}

// Add keeps a closure around the function.
func (c *Cleaner) Add(name string, f func() error) {
	task := func() error { return f() }
	c.steps = append(c.steps, step{name, task})
}

// Push keeps it in a list.
func (c *Cleaner) Push(f func() error) {
	c.funcs = append(c.funcs, func() error { return f() })
}

// Offer sends a closure around it to whoever is ready.
func (c *Cleaner) Offer(f func() error) {
	c.ready <- func() error { return f() }
}

// Onward hands it to another method.
func (c *Cleaner) Onward(f func() error) {
	c.keep(func() error { return f() })
}

func (c *Cleaner) keep(f func() error) { c.funcs = append(c.funcs, f) }

// Now calls it.
func (c *Cleaner) Now(f func() error) error {
	task := func() error { return f() }
	return task()
}

// Clean calls what is kept.
func (c *Cleaner) Clean() error {
	for _, s := range c.steps {
		if err := s.run(); err != nil {
			return err
		}
	}
	return nil
}
