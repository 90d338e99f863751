package corpus

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// A Change is a difference between the recorded findings and those of a run.
type Change struct {
	Was, Is *Finding // nil: is new, is gone; both: has moved
}

// Compare gives the findings of a run the verdicts of the recorded ones that
// they are, and returns them with what is different.
//
// A finding is the same at the same line of the same function. What is left is
// the same, in its order, if the function has as many of the kind as before:
// lines move when the manifest goes to another commit. Otherwise nobody knows
// which of them is gone, and each is judged again.
func Compare(recorded, found []Finding) ([]Finding, []Change) {
	found = slices.Clone(found)
	slices.SortStableFunc(found, Finding.compare)
	recorded = slices.Clone(recorded)
	slices.SortStableFunc(recorded, Finding.compare)

	was := make([]int, len(found)) // its recorded one, or -1
	used := make([]bool, len(recorded))
	type key struct {
		repository, path, function, code string
		line                             int
	}
	keyOf := func(f Finding, line int) key { return key{f.Repository, f.Path, f.Function, f.Code, line} }

	at := make(map[key][]int)
	for i, f := range recorded {
		at[keyOf(f, f.Line)] = append(at[keyOf(f, f.Line)], i)
	}
	for i, f := range found {
		was[i] = -1
		if same := at[keyOf(f, f.Line)]; len(same) > 0 {
			was[i], at[keyOf(f, f.Line)] = same[0], same[1:]
			used[same[0]] = true
		}
	}
	gone, come := make(map[key][]int), make(map[key][]int)
	for i, f := range recorded {
		if !used[i] {
			gone[keyOf(f, 0)] = append(gone[keyOf(f, 0)], i)
		}
	}
	for i, f := range found {
		if was[i] < 0 {
			come[keyOf(f, 0)] = append(come[keyOf(f, 0)], i)
		}
	}
	for k, news := range come {
		if olds := gone[k]; len(olds) == len(news) {
			for j, i := range news {
				was[i] = olds[j]
				used[olds[j]] = true
			}
		}
	}

	var changes []Change
	for i := range found {
		f := &found[i]
		if was[i] < 0 {
			changes = append(changes, Change{Is: f})
			continue
		}
		old := &recorded[was[i]]
		f.Verdict, f.Second, f.Sentence = old.Verdict, old.Second, old.Sentence
		if f.Line != old.Line {
			changes = append(changes, Change{old, f})
		}
	}
	for i := range recorded {
		if !used[i] {
			changes = append(changes, Change{Was: &recorded[i]})
		}
	}
	slices.SortStableFunc(changes, func(a, b Change) int { return a.place().compare(*b.place()) })
	return found, changes
}

func (c Change) place() *Finding {
	if c.Is != nil {
		return c.Is
	}
	return c.Was
}

// PrintChanges prints the differences below the repository they are in: "-" is
// not reported any more, "+" is new, "~" has moved. What has been judged shows
// its verdict, for a true finding that is gone is a loss and a false one is not.
func PrintChanges(w io.Writer, changes []Change) {
	repository := ""
	for _, c := range changes {
		f := c.place()
		if f.Repository != repository {
			repository = f.Repository
			fmt.Fprintf(w, "%s\n", repository)
		}
		in := f.Code
		if f.Function != "" {
			in += " in " + f.Function
		}
		switch {
		case c.Was == nil:
			fmt.Fprintf(w, "+ %s:%d %s\n      %s\n", f.Path, f.Line, in, f.Message)
		case c.Is == nil:
			fmt.Fprintf(w, "- %s:%d %s\n", f.Path, f.Line, in)
			if f.Verdict != "" {
				fmt.Fprintf(w, "      was %s: %s\n", f.Verdict, f.Sentence)
			}
		default:
			fmt.Fprintf(w, "~ %s:%d %s, was at line %d\n", f.Path, f.Line, in, c.Was.Line)
		}
	}
	if len(changes) == 0 {
		fmt.Fprintln(w, "nothing")
	}
}

// A tally counts verdicts.
type tally struct {
	all    int
	counts map[Verdict]int
}

func (t *tally) add(f Finding) {
	if t.counts == nil {
		t.counts = make(map[Verdict]int)
	}
	t.all++
	t.counts[f.Verdict]++
}

func (t *tally) print(w io.Writer, name string) {
	good, fair, bad := t.counts[True], t.counts[Arguable], t.counts[False]
	judged := good + fair + bad
	fmt.Fprintf(w, "%-22s %8d %8d %6d %9d %6d %15s %8s\n", name, t.all, judged, good, fair, bad, percent(good+fair, judged), percent(good, judged))
}

func percent(n, of int) string {
	if of == 0 {
		return "-"
	}
	return fmt.Sprintf("%.1f %%", 100*float64(n)/float64(of))
}

// PrintPrecision prints for each rule and category how many findings there are,
// and what readers thought of those that were judged.
func PrintPrecision(w io.Writer, findings []Finding) {
	var all tally
	codes, rules := make(map[string]*tally), make(map[string]*tally)
	add := func(m map[string]*tally, key string, f Finding) {
		if m[key] == nil {
			m[key] = new(tally)
		}
		m[key].add(f)
	}
	for _, f := range findings {
		all.add(f)
		add(rules, f.Rule(), f)
		add(codes, f.Code, f)
	}
	fmt.Fprintf(w, "%-22s %8s %8s %6s %9s %6s %15s %8s\n", "", "findings", "judged", "true", "arguable", "false", "true+arguable", "true")
	for _, rule := range sortedKeys(rules) {
		rules[rule].print(w, rule)
		for _, code := range sortedKeys(codes) {
			if strings.HasPrefix(code, rule+".") {
				codes[code].print(w, "  "+strings.TrimPrefix(code, rule))
			}
		}
	}
	all.print(w, "all")
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// PrintReadings prints how far two readers agree, and where they do not.
func PrintReadings(w io.Writer, findings []Finding) {
	read, differ := 0, 0
	for _, f := range findings {
		if f.Second == "" {
			continue
		}
		read++
		if f.Second != f.Verdict {
			differ++
			fmt.Fprintf(w, "%s %s:%d %s: %s, then %s (%s)\n", f.Repository, f.Path, f.Line, f.Code, f.Verdict, f.Second, f.Sentence)
		}
	}
	fmt.Fprintf(w, "%d read twice, %d with different verdicts\n", read, differ)
}

// PrintRecall prints how many of the judged lines are treated as they should,
// and those that are not. A finding counts within one line of its place, as
// statements are broken in different ways; only repositories that ran count.
func PrintRecall(w io.Writer, lines []Line, findings []Finding, ran, rules []string) {
	reported := func(l Line) bool {
		return slices.ContainsFunc(findings, func(f Finding) bool {
			return f.Repository == l.Repository && f.Path == l.Path && f.Rule() == l.Rule && max(f.Line-l.Line, l.Line-f.Line) <= 1
		})
	}
	right, all := make(map[Expect]int), make(map[Expect]int)
	for _, l := range lines {
		if l.Expect == Either || !slices.Contains(ran, l.Repository) || !slices.Contains(rules, l.Rule) {
			continue
		}
		all[l.Expect]++
		if reported(l) == (l.Expect == Report) {
			right[l.Expect]++
			continue
		}
		fmt.Fprintf(w, "%s %s:%d %s should be %s: %s\n", l.Repository, l.Path, l.Line, l.Rule, map[Expect]string{Report: "reported", Silent: "silent"}[l.Expect], l.Sentence)
	}
	for _, e := range []Expect{Report, Silent} {
		fmt.Fprintf(w, "%s: %d of %d (%s)\n", e, right[e], all[e], percent(right[e], all[e]))
	}
}
