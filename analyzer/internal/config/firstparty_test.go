package config

import "testing"

func TestIsFirstParty(t *testing.T) {
	c := &Config{FirstParty: []string{"example.com/acme/*", "example.org/one/...", "["}}
	for path, want := range map[string]bool{
		"example.com/acme/shop":          true,
		"example.com/acme/shop/checkout": true,
		"example.com/acme":               false,
		"example.com/acmeshop/x":         false,
		"example.org/one":                true,
		"example.org/one/two":            true,
		"example.org/oneself":            false,
		"fmt":                            false,
	} {
		if got := c.IsFirstParty(path); got != want {
			t.Errorf("IsFirstParty(%q) = %t, want %t", path, got, want)
		}
	}
}
