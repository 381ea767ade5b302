//! Finds what a path names, through imports, renames, globs and re-exports of the whole crate.
//!
//! Where a name may mean several things, all of them are answered: a rule must hold for each. What a value is, is not
//! followed: a method is nobody's path.

use std::collections::BTreeSet;

use super::reading::{Module, Sources, Written};

/// What a path names.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Target {
    /// Something of the crate: the module that it passes through last, and what it names in there.
    Inside(Module, Vec<String>),
    /// Something of another crate, or of nobody: a path may as well begin with a type.
    Outside(Vec<String>),
}

impl Sources {
    /// What a path in a module names.
    pub fn targets(&self, within: &Module, written: &Written) -> BTreeSet<Target> {
        let mut search = Search { sources: self, home: within.first(), seen: Vec::new(), found: BTreeSet::new() };
        search.follow(within, written);
        search.found
    }
}

struct Search<'a> {
    sources: &'a Sources,
    /// The module at the root of the crate in which the path stands.
    home: Option<&'a String>,
    /// Names that are being looked up, so that nothing is looked up in a circle.
    seen: Vec<(Module, String)>,
    found: BTreeSet<Target>,
}

impl Search<'_> {
    fn follow(&mut self, within: &Module, written: &Written) {
        let Some((first, rest)) = written.words.split_first() else { return };
        match first.as_str() {
            "crate" if !written.rooted => {
                let binary = within.first().is_some_and(|m| m == "main");
                let root: Module = if binary { vec!["main".into()] } else { Module::new() };
                self.walk(&root, rest);
            }
            "self" | "super" if !written.rooted => {
                let mut at = within.clone();
                let mut words = written.words.as_slice();
                while let Some((word, rest)) = words.split_first() {
                    match word.as_str() {
                        "self" => {}
                        "super" => drop(at.pop()),
                        _ => break,
                    }
                    words = rest;
                }
                self.walk(&at, words);
            }
            name => {
                if !written.rooted && self.look_up(within, name, rest) {
                    return;
                }
                // The binary names the library as a crate.
                if name == "comity" {
                    self.walk(&Module::new(), rest);
                } else {
                    self.found.insert(outside(&written.words));
                }
            }
        }
    }

    /// Goes on from a module.
    fn walk(&mut self, module: &Module, words: &[String]) {
        let Some((first, rest)) = words.split_first() else {
            self.found.insert(Target::Inside(module.clone(), Vec::new()));
            return;
        };
        if !self.sources.scopes.contains_key(&child(module, first)) {
            self.found.insert(Target::Inside(module.clone(), words.to_vec()));
        }
        self.look_up(module, first, rest);
    }

    /// Looks a name up in a module. Answers whether it can mean nothing but what was found.
    fn look_up(&mut self, module: &Module, name: &str, rest: &[String]) -> bool {
        let key = (module.clone(), name.to_owned());
        if self.seen.contains(&key) {
            return false;
        }
        self.seen.push(key);
        let mut sure = false;
        let sources = self.sources;
        let inner = child(module, name);
        if let Some(scope) = sources.scopes.get(&inner) {
            sure |= scope.sure;
            self.walk(&inner, rest);
        }
        if let Some(scope) = sources.scopes.get(module) {
            for alias in scope.aliases.get(name).into_iter().flatten() {
                sure |= alias.sure;
                // A type that a module calls its own is the module's to give out: so the store gives out its database.
                if alias.of_type && module.first() != self.home {
                    continue;
                }
                let mut whole = alias.written.clone();
                whole.words.extend_from_slice(rest);
                self.follow(module, &whole);
            }
            for glob in &scope.globs {
                for opened in self.open(module, glob) {
                    sure |= self.look_up(&opened, name, rest);
                }
            }
        }
        self.seen.pop();
        sure
    }

    /// The modules of the crate that a glob opens.
    fn open(&mut self, module: &Module, glob: &Written) -> Vec<Module> {
        let key = (module.clone(), format!("{}::*", glob.words.join("::")));
        if self.seen.contains(&key) {
            return Vec::new();
        }
        self.seen.push(key);
        let before = std::mem::take(&mut self.found);
        self.follow(module, glob);
        let opened = std::mem::replace(&mut self.found, before);
        self.seen.pop();
        let whole = |target| match target {
            Target::Inside(module, rest) if rest.is_empty() => Some(module),
            _ => None,
        };
        opened.into_iter().filter_map(whole).collect()
    }
}

fn child(module: &[String], name: &str) -> Module {
    module.iter().cloned().chain([name.to_owned()]).collect()
}

/// `core` and `alloc` are parts of `std` under another name.
fn outside(words: &[String]) -> Target {
    let mut words = words.to_vec();
    if let Some(first) = words.first_mut()
        && (first == "core" || first == "alloc")
    {
        *first = "std".into();
    }
    Target::Outside(words)
}
