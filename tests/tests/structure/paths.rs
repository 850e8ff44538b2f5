//! Paths in a source text, groups in braces taken apart.

/// The names of a path in order.
pub(crate) type Segments = Vec<String>;

/// Every path of two names or more: `a::{b, c::D}` is `a::b` and `a::c::D`.
pub(crate) fn paths(text: &str) -> Vec<Segments> {
    let mut reader = Reader { rest: text };
    let mut found = Vec::new();
    while !reader.rest.is_empty() {
        let name = reader.name();
        if name.is_empty() {
            reader.skip_one();
        } else if reader.eat("::") {
            reader.tree(&[name], &mut found);
        }
    }
    found
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn skip_one(&mut self) {
        let mut characters = self.rest.chars();
        characters.next();
        self.rest = characters.as_str();
    }

    fn name(&mut self) -> String {
        let end = self.rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(end);
        self.rest = rest;
        name.to_owned()
    }

    fn eat(&mut self, token: &str) -> bool {
        let rest = self.rest.trim_start().strip_prefix(token);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    /// What follows `prefix::`.
    fn tree(&mut self, prefix: &[String], found: &mut Vec<Segments>) {
        if self.eat("{") {
            while !self.eat("}") && !self.rest.is_empty() {
                if !self.eat(",") {
                    self.tree(prefix, found);
                }
            }
            return;
        }
        self.rest = self.rest.trim_start();
        let name = self.name();
        if name.is_empty() {
            // `*`, or the generics of a call.
            self.skip_one();
            return found.push(prefix.to_vec());
        }
        let path = if name == "self" { prefix.to_vec() } else { [prefix, &[name]].concat() };
        if self.eat("::") {
            self.tree(&path, found);
        } else {
            found.push(path);
        }
        if self.eat("as ") {
            let _ = self.name();
        }
    }
}

#[test]
fn groups_are_taken_apart() {
    let found = paths("use crate::a::{self, b::{C, D}, E as F};\nlet x = super::g::h(1) + k;");
    let found: Vec<String> = found.iter().map(|path| path.join("::")).collect();
    assert_eq!(found, ["crate::a", "crate::a::b::C", "crate::a::b::D", "crate::a::E", "super::g::h"]);
}
