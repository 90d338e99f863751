package html_test

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/spanlint/spanlint/analyzer"
	"github.com/spanlint/spanlint/cmd/spanlint/internal/format/html"
)

var trace = &analyzer.Trace{
	Now: []analyzer.TraceRow{
		{Label: "request", Span: true, Start: 0, End: 10, Dies: -1},
		{Label: "work", Depth: 1, Start: 5, End: 20, Dies: 10, Note: "its context is <dead>"},
	},
	Repaired: []analyzer.TraceRow{
		{Label: "request", Span: true, Start: 0, End: 10, Dies: -1},
		{Label: "work", Link: "request", Span: true, Start: 5, End: 20, Dies: -1, Note: "a root"},
	},
}

// samplePage has names that would break a page which does not escape them.
func samplePage() html.Page {
	return html.Page{
		Title:   "example.com/<shop>",
		Version: "spanlint test",
		Trace: func(rule, category string) *analyzer.Trace {
			if rule == "one" && category == "a" {
				return trace
			}
			return nil
		},
		Findings: []html.Finding{
			{
				Rule: "one", Category: "a", Message: `outlives "it" </script>`, Package: "example.com/p", File: "p/p.go",
				Line: 3, Column: 2, Func: "(*Server).Checkout", Work: "notify",
				Source: []html.Line{{Number: 2, Text: "\tif a < b {"}, {Number: 3, Text: "\tgo ü()", Start: 1, End: 8}},
				Repair: "--- a/p/p.go\n+++ b/p/p.go\n@@ -3 +3,2 @@\n-\tgo ü()\n+\tx()\n--- looks like a header\n",
			},
			{Rule: "two", Category: "b", Message: "second", Package: "example.com/q", File: "q/q.go", Line: 1, Column: 1, URL: "https://example.com/two"},
			{Rule: "one", Category: "a", Message: "third", Package: "example.com/q", File: "q/q.go", Line: 9, Column: 1},
		},
	}
}

func render(t *testing.T, p html.Page) string {
	t.Helper()
	var b bytes.Buffer
	if err := html.Write(&b, p); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestWrite(t *testing.T) {
	got := render(t, samplePage())
	for _, want := range []string{
		"<title>spanlint: 3 findings in example.com/&lt;shop&gt;</title>",
		"2 files, 2 packages; 1 with a repair. spanlint test",
		`<option value="one.a">one.a (2)</option><option value="two.b">two.b (1)</option>`,
		"outlives &#34;it&#34; &lt;/script&gt;",
		"\t<mark>go ü()</mark>\n",
		"\tif a &lt; b {\n",
		`<span class="del">-	go ü()`,
		`<span class="add">&#43;	x()`,
		`<span class="del">--- looks like a header`,
		`<a href="https://example.com/two">two.b</a>`,
		`<text class="label" x="24" y="`,
		">notify</text>",
		">its context is &lt;dead&gt;</text>",
		`aria-label="The trace repaired: (*Server).Checkout; notify with a link to (*Server).Checkout, a root"`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("there is no %s", want)
		}
	}
	if strings.Contains(got, "b/p/p.go") {
		t.Error("the diff has the names of the files")
	}
	if n := strings.Count(got, `class="trace"`); n != 4 {
		t.Errorf("%d pictures, want two for each finding of one.a", n)
	}
	if got != render(t, samplePage()) {
		t.Error("the second page differs from the first")
	}

	// It works from a file, in a closed network.
	if m := regexp.MustCompile(`(?i)(?:src|srcset|href|action)="?[^"#>]*|url\(|@import|fetch\(|XMLHttpRequest`).FindAllString(got, -1); len(m) != 1 || m[0] != `href="https://example.com/two` {
		t.Errorf("it needs %q", m)
	}
}

func TestWriteNothing(t *testing.T) {
	got := render(t, html.Page{})
	if !strings.Contains(got, "<h1>0 findings</h1>") || !strings.Contains(got, "Nothing was found.") || strings.Contains(got, "<script>") {
		t.Error(got)
	}
}

// Each picture is well-formed, and nothing in it lies outside of its frame.
func TestPictures(t *testing.T) {
	got := render(t, samplePage())
	svgs := regexp.MustCompile(`(?s)<svg.*?</svg>`).FindAllString(got, -1)
	for _, svg := range svgs {
		var width, height float64
		dec := xml.NewDecoder(strings.NewReader(svg))
		for {
			token, err := dec.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("%v in %s", err, svg)
			}
			e, ok := token.(xml.StartElement)
			if !ok {
				continue
			}
			at := make(map[string]float64)
			for _, a := range e.Attr {
				if a.Name.Local == "viewBox" {
					fmt.Sscanf(a.Value, "0 0 %f %f", &width, &height)
				}
				var v float64
				if _, err := fmt.Sscan(a.Value, &v); err == nil {
					at[a.Name.Local] = v
				}
			}
			if at["x"] < 0 || at["y"] < 0 || at["x"]+at["width"] > width || at["y"]+at["height"] > height {
				t.Errorf("%s %v is outside of %v x %v", e.Name.Local, at, width, height)
			}
		}
	}
}

// TestBrowser looks at the page through Chromium: at the filters, which the
// address sets, and at the pictures in a window as narrow as a phone.
func TestBrowser(t *testing.T) {
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		chromium, err = exec.LookPath("google-chrome")
	}
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("the report is tested in Debian's chromium, which is not installed")
		}
		t.Skip(err)
	}
	file := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(file, []byte(render(t, samplePage())), 0o666); err != nil {
		t.Fatal(err)
	}
	// A script of the test's own, after that of the page, writes down what is
	// to be seen.
	probe := strings.Replace(render(t, samplePage()), "</body>", `<script>
const seen = [...document.querySelectorAll(".finding")].filter((f) => f.offsetParent !== null).map((f) => f.id);
document.dispatchEvent(new KeyboardEvent("keydown", {key: "j", bubbles: true}));
const first = document.activeElement.closest(".finding")?.id;
document.dispatchEvent(new KeyboardEvent("keydown", {key: "j", bubbles: true}));
document.body.dataset.probe = JSON.stringify([seen, first, document.activeElement.closest(".finding")?.id,
  document.documentElement.scrollWidth <= innerWidth, document.getElementById("none").hidden]);
</script></body>`, 1)
	probed := filepath.Join(filepath.Dir(file), "probed.html")
	if err := os.WriteFile(probed, []byte(probe), 0o666); err != nil {
		t.Fatal(err)
	}
	for fragment, want := range map[string]string{
		"":                                `[["finding-1","finding-2","finding-3"],"finding-1","finding-2",true,true]`,
		"#rule=one.a":                     `[["finding-1","finding-3"],"finding-1","finding-3",true,true]`,
		"#package=example.com%2Fq&q=THIR": `[["finding-3"],"finding-3","finding-3",true,true]`,
		"#q=nowhere":                      `[[],null,null,true,false]`,
		"#finding-2":                      `[["finding-1","finding-2","finding-3"],"finding-1","finding-2",true,true]`,
	} {
		dom := browse(t, chromium, "--dump-dom", "--window-size=390,800", (&url.URL{Scheme: "file", Path: probed}).String()+fragment)
		m := regexp.MustCompile(`data-probe="([^"]*)"`).FindStringSubmatch(dom)
		if m == nil {
			t.Fatalf("%q: the script has not run:\n%.2000s", fragment, dom)
		}
		if got := strings.ReplaceAll(m[1], "&quot;", `"`); got != want {
			t.Errorf("%q: got %s, want %s", fragment, got, want)
		}
	}
	light, dark := screenshot(t, chromium, file), screenshot(t, chromium, file, "--force-dark-mode", "--blink-settings=preferredColorScheme=0")
	if len(light) == 0 || bytes.Equal(light, dark) {
		t.Errorf("the dark page of %d bytes is like the light one", len(dark))
	}
}

func screenshot(t *testing.T, chromium, file string, flags ...string) []byte {
	t.Helper()
	name := filepath.Join(t.TempDir(), "page.png")
	browse(t, chromium, append(flags, "--screenshot="+name, "--window-size=1200,1600", file)...)
	png, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if dir := os.Getenv("SPANLINT_SCREENSHOTS"); dir != "" {
		kind := "light"
		if len(flags) > 0 {
			kind = "dark"
		}
		if err := os.WriteFile(filepath.Join(dir, kind+".png"), png, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return png
}

func browse(t *testing.T, chromium string, args ...string) string {
	t.Helper()
	cmd := exec.Command(chromium, append([]string{
		"--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-sync", "--hide-scrollbars", "--user-data-dir=" + t.TempDir(),
	}, args...)...)
	cmd.WaitDelay = 10 * time.Second
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, &stderr)
	}
	return string(out)
}
