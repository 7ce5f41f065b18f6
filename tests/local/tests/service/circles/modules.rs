//! Which modules of a crate use which, read from the paths in its sources: a method that is called without naming its
//! module is not seen.

use std::collections::{BTreeMap, BTreeSet};

use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{Attribute, Expr, Item, ItemUse, Macro, Token, UseTree, Visibility};

/// A path from the root of its crate: a module's, or that of something in one.
pub(super) type Path = Vec<String>;

/// What a module says of others.
#[derive(Default)]
pub(super) struct Module {
    /// What it uses of its crate.
    uses: BTreeSet<Path>,
    /// What it imports, by the names under which it does.
    imports: BTreeMap<String, Path>,
    /// What it shows of the modules inside it, by name: it does not use that, it is only the way there.
    shows: BTreeMap<String, Path>,
}

struct Reader<'a> {
    here: &'a Path,
    children: BTreeSet<String>,
    module: Module,
}

impl Reader<'_> {
    /// The path from the crate's root, if these words lead into the crate.
    fn absolute(&self, words: &[String]) -> Option<Path> {
        let (first, rest) = words.split_first()?;
        let mut path = match first.as_str() {
            "crate" => Path::new(),
            "self" => self.here.clone(),
            "super" => self.here.split_last()?.1.to_vec(),
            name if self.children.contains(name) => [self.here.as_slice(), &words[..1]].concat(),
            name => self.module.imports.get(name)?.clone(),
        };
        for word in rest {
            match word.as_str() {
                "super" => drop(path.pop()),
                "self" => {}
                name => path.push(name.to_owned()),
            }
        }
        Some(path)
    }

    fn import(&mut self, tree: &UseTree, mut words: Path, shown: bool) {
        let known_as = match tree {
            UseTree::Path(path) => {
                words.push(path.ident.to_string());
                return self.import(&path.tree, words, shown);
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.import(tree, words.clone(), shown);
                }
                return;
            }
            UseTree::Glob(_) => None,
            UseTree::Name(name) => {
                words.push(name.ident.to_string());
                words.iter().rfind(|word| *word != "self").cloned()
            }
            UseTree::Rename(rename) => {
                words.push(rename.ident.to_string());
                Some(rename.rename.to_string())
            }
        };
        let Some(path) = self.absolute(&words) else {
            return;
        };
        match known_as {
            Some(name) if shown && path.starts_with(self.here) => {
                self.module.shows.insert(name, path);
            }
            known_as => {
                if let Some(name) = known_as {
                    self.module.imports.insert(name, path.clone());
                }
                self.module.uses.insert(path);
            }
        }
    }
}

impl<'a> Visit<'a> for Reader<'_> {
    fn visit_path(&mut self, path: &'a syn::Path) {
        let words: Path = path
            .segments
            .iter()
            .map(|it| it.ident.to_string())
            .collect();
        self.module.uses.extend(self.absolute(&words));
        visit::visit_path(self, path);
    }

    /// One inside a function.
    fn visit_item_use(&mut self, item: &'a ItemUse) {
        self.import(&item.tree, Path::new(), false);
    }

    /// What a macro is given is read where it is a list of expressions, as most macros take.
    fn visit_macro(&mut self, item: &'a Macro) {
        let expressions = Punctuated::<Expr, Token![,]>::parse_terminated;
        if let Ok(given) = expressions.parse2(item.tokens.clone()) {
            for expression in &given {
                // They live no longer than this call, so they are read by a reader of their own.
                let mut inside = Reader {
                    here: self.here,
                    children: self.children.clone(),
                    module: Module {
                        imports: self.module.imports.clone(),
                        ..Module::default()
                    },
                };
                inside.visit_expr(expression);
                self.module.uses.append(&mut inside.module.uses);
            }
        }
        visit::visit_macro(self, item);
    }

    /// `pub(in path)` uses nothing.
    fn visit_vis_restricted(&mut self, _: &'a syn::VisRestricted) {}
}

fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let given = attribute.parse_args::<syn::Path>();
        attribute.path().is_ident("cfg") && given.is_ok_and(|path| path.is_ident("test"))
    })
}

/// The modules of one crate.
#[derive(Default)]
pub(super) struct Modules {
    found: BTreeMap<Path, Module>,
    for_tests: Vec<Path>,
}

impl Modules {
    /// Those of a crate's sources: each a path below `src` and a text.
    pub(super) fn of<'a>(
        sources: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> BTreeMap<Path, Module> {
        let mut modules = Self::default();
        for (name, text) in sources {
            let mut here: Path = name
                .trim_end_matches(".rs")
                .split('/')
                .map(str::to_owned)
                .collect();
            here.pop_if(|last| matches!(last.as_str(), "lib" | "main" | "mod"));
            let file = syn::parse_file(text).unwrap_or_else(|error| panic!("{name}: {error}"));
            modules.read(&file.items, &here);
        }
        let Self {
            mut found,
            for_tests,
        } = modules;
        found.retain(|module, _| !for_tests.iter().any(|tests| module.starts_with(tests)));
        found
    }

    fn read(&mut self, items: &[Item], here: &Path) {
        let mut reader = Reader {
            here,
            children: BTreeSet::new(),
            // A crate's program and its library share a root.
            module: self.found.remove(here).unwrap_or_default(),
        };
        for item in items {
            if let Item::Mod(module) = item {
                let name = module.ident.to_string();
                let inside = [here.as_slice(), std::slice::from_ref(&name)].concat();
                if is_for_tests(&module.attrs) {
                    self.for_tests.push(inside);
                } else if let Some((_, items)) = &module.content {
                    self.read(items, &inside);
                }
                reader.children.insert(name);
            }
        }
        for item in items {
            if let Item::Use(item) = item
                && !is_for_tests(&item.attrs)
            {
                let shown = !matches!(item.vis, Visibility::Inherited);
                reader.import(&item.tree, Path::new(), shown);
            }
        }
        for item in items {
            match item {
                Item::Use(_) | Item::Mod(_) => {}
                Item::Fn(item) if is_for_tests(&item.attrs) => {}
                Item::Impl(item) if is_for_tests(&item.attrs) => {}
                item => reader.visit_item(item),
            }
        }
        let Reader { module, .. } = reader;
        self.found.insert(here.clone(), module);
    }
}

/// The module in which the last name of a path stands, where modules show it along the way too.
fn home(mut path: Path, modules: &BTreeMap<Path, Module>) -> Path {
    // Each turn follows one name that is shown elsewhere; no source is that roundabout.
    for _ in 0..8 {
        let depth = (0..=path.len()).rfind(|depth| modules.contains_key(&path[..*depth]));
        let depth = depth.unwrap_or(0);
        let module = modules.get(&path[..depth]);
        let shown = path.get(depth).and_then(|name| module?.shows.get(name));
        let Some(shown) = shown else {
            path.truncate(depth);
            return path;
        };
        path = [shown.as_slice(), &path[depth + 1..]].concat();
    }
    panic!("{path:?} is shown in a circle");
}

/// Which modules each module uses.
pub(super) fn uses(modules: &BTreeMap<Path, Module>) -> BTreeMap<Path, BTreeSet<Path>> {
    let of = |(here, module): (&Path, &Module)| {
        let used = module.uses.iter().map(|path| home(path.clone(), modules));
        (here.clone(), used.filter(|used| used != here).collect())
    };
    modules.iter().map(of).collect()
}
