package run

import (
	"fmt"
	"go/types"
	"reflect"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/packages"
)

// facts are those that one analyzer has exported from one package. They are
// kept there and looked up when somebody asks, rather than handed on to all
// importers.
type facts struct {
	objects  map[objectFact]analysis.Fact
	packages map[reflect.Type]analysis.Fact
	failed   bool // or not done; nobody can tell what is missing
}

type objectFact struct {
	obj types.Object
	typ reflect.Type
}

// A view is what one pass knows of the facts of its analyzer. It lasts as long
// as the pass: models ask after their own analyzer has returned.
type view struct {
	pkg *types.Package
	own *facts
	// below has the facts of all that the package imports at any distance, and
	// its own; direct are the packages it imports itself.
	below  map[*types.Package]*facts
	direct map[*types.Package]bool
}

// open returns the view for an analyzer that is about to run on the package of
// w. If it has failed on an import, that is returned too.
func (w *work) open(a *analysis.Analyzer) (v *view, failed *packages.Package) {
	v = &view{
		pkg: w.pkg.Types,
		own: &facts{
			objects:  make(map[objectFact]analysis.Fact),
			packages: make(map[reflect.Type]analysis.Fact),
			failed:   true,
		},
		below:  make(map[*types.Package]*facts),
		direct: make(map[*types.Package]bool),
	}
	w.facts[a] = v.own
	for _, imp := range w.imports {
		if known := imp.facts[a]; known == nil || known.failed {
			return v, imp.pkg
		}
		v.direct[imp.pkg.Types] = true
	}
	var visit func(w *work)
	visit = func(w *work) {
		if v.below[w.pkg.Types] != nil {
			return
		}
		v.below[w.pkg.Types] = w.facts[a]
		for _, imp := range w.imports {
			visit(imp)
		}
	}
	visit(w)
	return v, nil
}

// lend gives a pass the functions that import and export facts.
func (v *view) lend(pass *analysis.Pass) {
	pass.ImportObjectFact = v.importObject
	pass.ExportObjectFact = v.exportObject
	pass.ImportPackageFact = v.importPackage
	pass.ExportPackageFact = v.exportPackage
	pass.AllObjectFacts = v.allObjects
	pass.AllPackageFacts = v.allPackages
}

func (v *view) importObject(obj types.Object, ptr analysis.Fact) bool {
	from := v.below[obj.Pkg()]
	return from != nil && v.sees(obj) && get(from.objects, objectFact{obj, reflect.TypeOf(ptr)}, ptr)
}

// sees reports whether facts about obj, declared here or below, may be known
// here: as in checker.Analyze, those about what other packages can mention, and
// about functions only where their package is imported.
func (v *view) sees(obj types.Object) bool {
	if obj.Pkg() == v.pkg {
		return true
	}
	direct := v.direct[obj.Pkg()]
	switch obj := obj.(type) {
	case *types.Func:
		return direct && obj.Exported() || obj.Signature().Recv() != nil
	case *types.Var:
		return direct || obj.IsField()
	case *types.TypeName, *types.Const:
		return true
	}
	return false
}

func (v *view) exportObject(obj types.Object, fact analysis.Fact) {
	if obj.Pkg() != v.pkg {
		panic(fmt.Sprintf("a fact about %s, which is of another package", obj))
	}
	v.own.objects[objectFact{obj, reflect.TypeOf(fact)}] = fact
}

func (v *view) importPackage(pkg *types.Package, ptr analysis.Fact) bool {
	from := v.below[pkg]
	return from != nil && get(from.packages, reflect.TypeOf(ptr), ptr)
}

func (v *view) exportPackage(fact analysis.Fact) { v.own.packages[reflect.TypeOf(fact)] = fact }

func (v *view) allObjects() []analysis.ObjectFact {
	var all []analysis.ObjectFact
	for _, from := range v.below {
		for key, fact := range from.objects {
			if v.sees(key.obj) {
				all = append(all, analysis.ObjectFact{Object: key.obj, Fact: fact})
			}
		}
	}
	return all
}

func (v *view) allPackages() []analysis.PackageFact {
	var all []analysis.PackageFact
	for pkg, from := range v.below {
		for _, fact := range from.packages {
			all = append(all, analysis.PackageFact{Package: pkg, Fact: fact})
		}
	}
	return all
}

// get copies a fact to where ptr points.
func get[K comparable](known map[K]analysis.Fact, key K, ptr analysis.Fact) bool {
	fact, ok := known[key]
	if ok {
		reflect.ValueOf(ptr).Elem().Set(reflect.ValueOf(fact).Elem())
	}
	return ok
}
