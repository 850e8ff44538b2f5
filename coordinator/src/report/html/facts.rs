//! Facts by name, as a small table.

use maud::{Markup, html};

/// A name and what it stands for.
pub(super) type Fact = (&'static str, String);

/// Facts under one heading.
pub(super) fn facts(name: &str, facts: impl IntoIterator<Item = Fact>) -> Markup {
    html! {
        table {
            caption { (name) }
            tbody { @for (name, value) in facts { tr { th scope="row" { (name) } td { (value) } } } }
        }
    }
}
