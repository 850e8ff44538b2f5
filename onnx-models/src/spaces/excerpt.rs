//! Excerpts of bad input, for messages.

/// At most 20 characters of a text, so that a message stays one line.
pub(crate) fn excerpt(text: &str) -> String {
    let start: String = text.chars().take(20).flat_map(char::escape_debug).collect();
    let more = if text.chars().nth(20).is_some() { "…" } else { "" };
    start + more
}
