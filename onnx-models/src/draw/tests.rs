//! What holds for the drawings of all spaces, and one of each in full.

use proptest::prelude::{any, proptest};

use super::*;
use crate::spaces::Space;

/// Panics unless every element is closed in order and text and attributes hold no bare `<`,
/// `>` or `&`.
fn assert_well_formed(svg: &str) {
    let mut open = Vec::new();
    let mut rest = svg;
    while let Some((text, tag_and_rest)) = rest.split_once('<') {
        assert!(!text.contains('>'), "bare `>` in {text}");
        assert_entities(text);
        let (tag, after) = tag_and_rest.split_once('>').expect("a tag ends");
        match tag.strip_prefix('/') {
            Some(name) => assert_eq!(open.pop(), Some(name), "{svg}"),
            None => open.push(assert_start_tag(tag)),
        }
        rest = after;
    }
    assert_eq!((open.len(), rest), (0, ""), "{svg}");
}

/// The element's name.
fn assert_start_tag(tag: &str) -> &str {
    let mut pieces = tag.split('"');
    let mut name = "";
    while let Some(before_value) = pieces.next() {
        let Some(value) = pieces.next() else {
            assert!(before_value.is_empty() || name.is_empty(), "{tag}");
            return if name.is_empty() { tag } else { name };
        };
        assert!(before_value.starts_with(|c: char| name.is_empty() || c == ' '), "{tag}");
        assert!(before_value.ends_with('='), "{tag}");
        assert_entities(value);
        name = if name.is_empty() { before_value.split(' ').next().expect("a name") } else { name };
    }
    name
}

fn assert_entities(text: &str) {
    for entity in text.split('&').skip(1) {
        let known = ["amp;", "lt;", "gt;", "quot;"].iter().any(|name| entity.starts_with(name));
        assert!(known, "bare `&` in {text}");
    }
}

fn lines(svg: &str) -> String {
    let style = svg.find("<style>").zip(svg.find("</style>")).expect("a style");
    let mut svg = svg.to_owned();
    svg.replace_range(style.0 + 7..style.1, "…");
    svg.replace("><", ">\n<").replace(">\n</", "></")
}

#[test]
fn a_cell() {
    let cell = Space::NasBench201.parse("9").unwrap();
    let options = DrawOptions { title: Some("Cell 9".into()), caption: Some("9.1 ms".into()), legend: false };
    insta::assert_snapshot!(lines(&draw(&cell, &options)), @r#"
<svg class="architecture-drawing" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 360 266" role="img">
<title>Cell 9, 9.1 ms</title>
<desc>From in to 1: avg_pool_3x3, which never reaches the output. From in to out: skip_connect. From 2 to out: nor_conv_3x3, which never reaches the output.</desc>
<style>…</style>
<text class="heading" x="10" y="22">Cell 9</text>
<text class="quiet" x="10" y="40">9.1 ms</text>
<g transform="translate(0 46)">
<g class="faint">
<title>From in to 2: none</title>
<path class="line thin" d="M32 118C32 64.7 232 64.7 232 109.5"></path>
<path class="solid" d="M227.5 109.5L232 116.5 236.5 109.5z"></path></g>
<g class="faint">
<title>From 1 to 2: none</title>
<path class="line thin" d="M143.5 132C176.5 132 176.5 132 209.5 132"></path>
<path class="solid" d="M209.5 136.5L216.5 132 209.5 127.5z"></path></g>
<g class="faint">
<title>From 1 to out: none</title>
<path class="line thin" d="M128 146C128 199.3 334 199.3 334 154.5"></path>
<path class="solid" d="M338.5 154.5L334 147.5 329.5 154.5z"></path></g>
<g class="orange">
<title>From in to 1: avg_pool_3x3, which never reaches the output</title>
<path class="line dashed" d="M41.5 132C73.5 132 73.5 132 105.5 132"></path>
<path class="solid" d="M105.5 136.5L112.5 132 105.5 127.5z"></path>
<text x="77" y="125" text-anchor="middle">pool 3×3</text></g>
<g class="grey">
<title>From in to out: skip_connect</title>
<path class="line" d="M21 118C21 -4.7 334 -4.7 334 109.5"></path>
<path class="solid" d="M329.5 109.5L334 116.5 338.5 109.5z"></path>
<text x="180" y="18.5" text-anchor="middle">skip</text></g>
<g class="blue">
<title>From 2 to out: nor_conv_3x3, which never reaches the output</title>
<path class="line dashed" d="M247.5 132C279.5 132 279.5 132 311.5 132"></path>
<path class="solid" d="M311.5 136.5L318.5 132 311.5 127.5z"></path>
<text x="283" y="125" text-anchor="middle">conv 3×3</text></g>
<circle class="line grey" cx="26" cy="132" r="14"></circle>
<text x="26" y="136" text-anchor="middle">in</text>
<circle class="line faint" cx="128" cy="132" r="14"></circle>
<text class="quiet" x="128" y="136" text-anchor="middle">1</text>
<circle class="line faint" cx="232" cy="132" r="14"></circle>
<text class="quiet" x="232" y="136" text-anchor="middle">2</text>
<circle class="line grey" cx="334" cy="132" r="14"></circle>
<text x="334" y="136" text-anchor="middle">out</text></g></svg>
"#);
}

#[test]
fn titles_are_escaped_and_cut() {
    let cell = Space::NasBench201.parse("9").unwrap();
    let title = format!("<b> & \"{}\u{b}", "long ".repeat(20));
    let svg = draw(&cell, &DrawOptions { title: Some(title), ..DrawOptions::default() });
    assert_well_formed(&svg);
    let heading = svg.split(r#"class="heading""#).nth(1).and_then(|rest| rest.split('<').next());
    insta::assert_snapshot!(heading.unwrap(), @r#" x="10" y="22">&lt;b&gt; &amp; &quot;long long long long long long long l…"#);
}

#[test]
fn the_name_stands_where_there_is_no_title() {
    let svg = draw(&Space::NasBench201.parse("9").unwrap(), &DrawOptions::default());
    assert!(svg.contains("<title>NAS-Bench-201 cell 9</title>"), "{svg}");
}

#[test]
fn every_drawing_is_well_formed_and_of_finite_numbers() {
    for &space in Space::ALL {
        for architecture in space.sample(5, 300).unwrap() {
            let svg = draw(&architecture, &DrawOptions::default());
            assert_well_formed(&svg);
            assert!(!svg.contains("NaN") && !svg.contains("inf"), "{architecture}");
            assert_eq!(svg, draw(&architecture, &DrawOptions::default()));
        }
    }
}

proptest! {
    #[test]
    fn any_title_and_caption_give_a_well_formed_drawing(title in any::<String>(), caption in any::<String>()) {
        let cell = Space::NasBench201.parse("9").unwrap();
        let svg = draw(&cell, &DrawOptions { title: Some(title), caption: Some(caption), legend: true });
        assert_well_formed(&svg);
        assert!(!svg.contains(|c: char| c.is_control() && c != '\n'));
    }
}
