// Package spanname reports span names that are made of data, or copied.
//
// # What it does
//
// spanname follows the name of a span from where it is given back to what it
// is made of: through formatting, variables, functions that return text, and,
// where it is a parameter, to the callers. It reports
//
//   - variable: a name with data in it, as what a client has sent, an element
//     of a list, a number, an instant, an identifier;
//   - copied: the literal name of another function of the package, which has a
//     span of that name itself, not told apart by an attribute.
//
// # Why is this bad
//
// Backends group spans by name: rates, durations and alerts are those of a
// name. With data in it there are as many groups as values, each with one
// span, and some backends refuse them. With one name for two functions the
// figures of one are mixed with those of the other.
//
// # Example
//
//	ctx, span := tracer.Start(r.Context(), "GET "+r.URL.Path)
//	defer span.End()
//	_ = work(ctx)
//
// Use instead:
//
//	ctx, span := tracer.Start(r.Context(), "GET order", trace.WithAttributes(attribute.String("url.path", r.URL.Path)))
//	defer span.End()
//	_ = work(ctx)
//
// # Trace
//
// variable:
//
//	GET /orders/7      |====|                as many names as orders
//	GET /orders/8             |====|
//
// Repaired:
//
//	GET order          |====|                url.path=/orders/7
//	GET order                 |====|         url.path=/orders/8
//
// copied:
//
//	store.Get          |====|
//	store.Get                 |====|         of another function, by its name
//
// Repaired:
//
//	store.Get          |====|
//	store.Delete              |====|
//
// # Fix and its safety
//
// Only with -unsafe-fixes, since dashboards and alerts know the old names.
// variable: leaves the constant part of the name and makes attributes of the
// values, where their types allow. copied: puts the name of the function in
// the place of the other's, where it is spelled as the function is.
//
// # Limits
//
// Silent about what is one of a few values or set up once: the parameter of a
// wrapper, an enumeration and its String method, fields of objects, route
// patterns, constants chosen by a condition, what a function returns that is
// not in view, the path of requests to a handler that is registered, as far as
// its package shows, under patterns for one path each. A parameter in the name of a function's own span counts as data
// only if none of the function's callers is in view. A phrase that ends in the
// one word that is a function's name, or a method of a protocol ("HTTP GET"), is
// not taken for the name of the function. Silent in code for tests.
//
// # Configuration
//
// Each category is switched by -spanname.CATEGORY=false.
package spanname
