//! What holds for the drawings of all spaces, and one of each in full.

use proptest::prelude::{any, proptest};

use super::inverted_residuals::{Block, Chain, Stage};
use super::{DrawOptions, draw, fbnet, inverted_residuals, mobilenetv3, sheet, transformer};
use crate::networks::Form;
use crate::spaces::Space;
use crate::spaces::hat::{DecoderLayer, EncoderLayer, Transformer};
use crate::spaces::mobilenetv3::Network;

const WITHOUT_LEGEND: DrawOptions = DrawOptions { title: None, caption: None, legend: false, form: None };

/// Panics unless it is an SVG element, every element is closed in order and text and attributes hold no bare `<`,
/// `>` or `&`.
fn assert_well_formed(svg: &str) {
    assert!(svg.starts_with("<svg "), "{svg}");
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
    let options = DrawOptions { title: Some("Cell 9".into()), caption: Some("9.1 ms".into()), ..WITHOUT_LEGEND };
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

const FBNET: &str = "k5_e6,skip,k3_e1_g2,skip,k5_e1,skip,skip,skip,k5_e6,k5_e1,k3_e1_g2,k5_e1,k5_e6,k3_e6,k3_e3,\
                     k5_e6,k3_e6,k3_e3,k5_e1,k3_e3,k5_e1,k5_e1_g2";

#[test]
fn a_chain_of_two_stages() {
    let block = Block::InvertedResidual { kernel: 7, expansion: 3, groups: 1, squeeze_excite: true };
    let grouped = Block::InvertedResidual { kernel: 5, expansion: 1, groups: 2, squeeze_excite: false };
    let stages = vec![
        Stage { channels: 16, pixels: 32, halves: false, positions: vec![Some(Block::Identity), Some(grouped)] },
        Stage {
            channels: 24,
            pixels: 16,
            halves: true,
            positions: vec![Some(Block::Convolution1x1), Some(block), None],
        },
    ];
    let drawing = inverted_residuals::drawing(&Chain { name: "A chain".into(), stages });
    insta::assert_snapshot!(lines(&sheet::finish(&drawing, &WITHOUT_LEGEND)), @r#"
<svg class="architecture-drawing" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 360 166" role="img">
<title>A chain</title>
<desc>Stage 1, 16 channels, 32 pixels: identity; kernel 5, expansion 1, 2 groups. Stage 2, 24 channels, 16 pixels: 1x1 convolution; kernel 7, expansion 3, squeeze-excite.</desc>
<style>…</style>
<g transform="translate(0 0)">
<g class="grey">
<title>identity</title>
<path class="line" d="M10 104.5h64"></path></g>
<g class="green">
<title>kernel 5, expansion 1, 2 groups</title>
<rect class="solid" x="77" y="92.5" width="31.2" height="13.5"></rect>
<rect class="solid" x="109.8" y="92.5" width="31.2" height="13.5"></rect>
<text x="109" y="88.5" text-anchor="middle">1</text>
<text class="solid" x="109" y="120" text-anchor="middle">5</text></g>
<path class="line thin grey" d="M10 127H141"></path>
<text class="quiet" x="75.5" y="140" text-anchor="middle">16</text>
<text class="quiet" x="75.5" y="153" text-anchor="middle">32²</text>
<path class="line thin dashed grey" d="M146.5 16V106"></path>
<g class="grey">
<title>1x1 convolution</title>
<rect class="solid" x="152" y="101" width="64" height="5"></rect>
<text x="184" y="120" text-anchor="middle">1</text></g>
<g class="orange">
<title>kernel 7, expansion 3, squeeze-excite</title>
<rect class="solid" x="219" y="65.5" width="64" height="40.5"></rect>
<circle class="hole" cx="251" cy="99" r="2.4"></circle>
<text x="251" y="61.5" text-anchor="middle">3</text>
<text class="solid" x="251" y="120" text-anchor="middle">7</text></g>
<path class="line thin grey" d="M152 127H283"></path>
<text class="quiet" x="217.5" y="140" text-anchor="middle">24</text>
<text class="quiet" x="217.5" y="153" text-anchor="middle">16²</text></g></svg>
"#);
}

#[test]
fn a_network_of_fbnet() {
    let drawing = inverted_residuals::drawing(&fbnet::chain(&FBNET.parse().unwrap(), Form::Cifar));
    insta::assert_snapshot!(drawing.description, @"Stage 1, 16 channels, 32 pixels: kernel 5, expansion 6. Stage 2, 24 channels, 32 pixels: 1x1 convolution; kernel 3, expansion 1, 2 groups; identity; kernel 5, expansion 1. Stage 3, 32 channels, 16 pixels: 1x1 convolution; identity; identity; kernel 5, expansion 6. Stage 4, 64 channels, 8 pixels: kernel 5, expansion 1; kernel 3, expansion 1, 2 groups; kernel 5, expansion 1; kernel 5, expansion 6. Stage 5, 112 channels, 8 pixels: kernel 3, expansion 6; kernel 3, expansion 3; kernel 5, expansion 6; kernel 3, expansion 6. Stage 6, 184 channels, 4 pixels: kernel 3, expansion 3; kernel 5, expansion 1; kernel 3, expansion 3; kernel 5, expansion 1. Stage 7, 352 channels, 4 pixels: kernel 5, expansion 1, 2 groups.");
}

#[test]
fn a_network_of_mobilenetv3() {
    let [kernels, expansions] = [[5, 3, 7, 3], [4, 6, 3, 3]].map(|stage| stage.repeat(5).try_into().unwrap());
    let network = Network::new(160, [2, 4, 3, 2, 3], kernels, expansions).unwrap();
    let drawing = inverted_residuals::drawing(&mobilenetv3::chain(&network, Form::WideMobile));
    insta::assert_snapshot!(drawing.description, @"Stage 1, 24 channels, 80 pixels: kernel 3, expansion 1. Stage 2, 32 channels, 40 pixels: kernel 5, expansion 4; kernel 3, expansion 6. Stage 3, 48 channels, 20 pixels: kernel 5, expansion 4, squeeze-excite; kernel 3, expansion 6, squeeze-excite; kernel 7, expansion 3, squeeze-excite; kernel 3, expansion 3, squeeze-excite. Stage 4, 96 channels, 10 pixels: kernel 5, expansion 4; kernel 3, expansion 6; kernel 7, expansion 3. Stage 5, 136 channels, 10 pixels: kernel 5, expansion 4, squeeze-excite; kernel 3, expansion 6, squeeze-excite. Stage 6, 192 channels, 5 pixels: kernel 5, expansion 4, squeeze-excite; kernel 3, expansion 6, squeeze-excite; kernel 7, expansion 3, squeeze-excite.");
}

#[test]
fn channels_and_pixels_are_those_of_the_form() {
    let described = |form| {
        let options = DrawOptions { form, ..WITHOUT_LEGEND };
        let space = [Space::FbNet, Space::MobileNetV3];
        space.map(|space| draw(&space.sample(1, 1).unwrap()[0], &options))
    };
    let [fbnet, mobilenetv3] = described(None);
    assert_eq!(described(Some(Form::Cifar)), [fbnet.clone(), mobilenetv3.clone()]);
    assert!(fbnet.contains("Stage 1, 16 channels, 32 pixels") && mobilenetv3.contains("Stage 2, 32 channels"));
    assert!(described(Some(Form::Imagenet))[0].contains("Stage 1, 16 channels, 112 pixels"));
    assert!(described(Some(Form::Mobile))[1].contains("Stage 2, 24 channels"));
}

#[test]
fn a_chain_explains_what_it_shows() {
    let meanings = |network: &str| {
        let legend = inverted_residuals::drawing(&fbnet::chain(&network.parse().unwrap(), Form::Cifar)).legend;
        legend.iter().map(|entry| entry.meaning).collect::<Vec<_>>().join(", ")
    };
    insta::assert_snapshot!(meanings(FBNET), @"kernel 3×3, kernel 5×5, expansion, 2 groups, identity, convolution 1×1, half resolution, channels, pixels");
    insta::assert_snapshot!(meanings(&["k3_e6"; 22].join(",")), @"kernel 3×3, expansion, half resolution, channels, pixels");
}

#[test]
fn a_transformer() {
    let encoder = [EncoderLayer { feed_forward: 1024, heads: 4 }; 6];
    let decoder = [DecoderLayer { feed_forward: 3072, self_heads: 8, cross_heads: 2, span: 2 }];
    let mut drawing = transformer::drawing(&Transformer::new(512, 640, encoder, &decoder).unwrap());
    insta::assert_snapshot!(drawing.description, @"Encoder layer 1: 4 heads, feed-forward 1024. Encoder layer 2: 4 heads, feed-forward 1024. Encoder layer 3: 4 heads, feed-forward 1024. Encoder layer 4: 4 heads, feed-forward 1024. Encoder layer 5: 4 heads, feed-forward 1024. Encoder layer 6: 4 heads, feed-forward 1024. Decoder layer 1: 8 heads, 2 cross-attention heads over the last 2 encoder layers, feed-forward 3072.");
    drawing.description.clear();
    insta::assert_snapshot!(lines(&sheet::finish(&drawing, &WITHOUT_LEGEND)), @r#"
<svg class="architecture-drawing" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 360 254" role="img">
<title>HAT Transformer</title>
<desc></desc>
<style>…</style>
<g transform="translate(0 0)">
<g transform="translate(10 0)">
<text class="strong" x="0" y="17">Encoder</text>
<text class="quiet" x="162" y="17" text-anchor="end">512 features</text>
<path class="line thin grey" d="M0 23.5H162"></path>
<g transform="translate(0 32)">
<text class="quiet" x="0" y="17.5">1</text>
<path class="solid blue" d="M18 2.5h6v8h-6zM26 2.5h6v8h-6zM34 2.5h6v8h-6zM42 2.5h6v8h-6z"></path>
<text x="53" y="10">4</text>
<rect class="solid orange" x="18" y="15.5" width="34.1" height="9"></rect>
<text x="57.1" y="23.5">1024</text></g>
<g transform="translate(0 69)">
<text class="quiet" x="0" y="17.5">2</text>
<path class="solid blue" d="M18 2.5h6v8h-6zM26 2.5h6v8h-6zM34 2.5h6v8h-6zM42 2.5h6v8h-6z"></path>
<text x="53" y="10">4</text>
<rect class="solid orange" x="18" y="15.5" width="34.1" height="9"></rect>
<text x="57.1" y="23.5">1024</text></g>
<g transform="translate(0 106)">
<text class="quiet" x="0" y="17.5">3</text>
<path class="solid blue" d="M18 2.5h6v8h-6zM26 2.5h6v8h-6zM34 2.5h6v8h-6zM42 2.5h6v8h-6z"></path>
<text x="53" y="10">4</text>
<rect class="solid orange" x="18" y="15.5" width="34.1" height="9"></rect>
<text x="57.1" y="23.5">1024</text></g>
<g transform="translate(0 143)">
<text class="quiet" x="0" y="17.5">4</text>
<path class="solid blue" d="M18 2.5h6v8h-6zM26 2.5h6v8h-6zM34 2.5h6v8h-6zM42 2.5h6v8h-6z"></path>
<text x="53" y="10">4</text>
<rect class="solid orange" x="18" y="15.5" width="34.1" height="9"></rect>
<text x="57.1" y="23.5">1024</text></g>
<g transform="translate(0 180)">
<text class="quiet" x="0" y="17.5">5</text>
<path class="solid blue" d="M18 2.5h6v8h-6zM26 2.5h6v8h-6zM34 2.5h6v8h-6zM42 2.5h6v8h-6z"></path>
<text x="53" y="10">4</text>
<rect class="solid orange" x="18" y="15.5" width="34.1" height="9"></rect>
<text x="57.1" y="23.5">1024</text></g>
<g transform="translate(0 217)">
<text class="quiet" x="0" y="17.5">6</text>
<path class="solid blue" d="M18 2.5h6v8h-6zM26 2.5h6v8h-6zM34 2.5h6v8h-6zM42 2.5h6v8h-6z"></path>
<text x="53" y="10">4</text>
<rect class="solid orange" x="18" y="15.5" width="34.1" height="9"></rect>
<text x="57.1" y="23.5">1024</text></g></g>
<g transform="translate(188 0)">
<text class="strong" x="0" y="17">Decoder</text>
<text class="quiet" x="162" y="17" text-anchor="end">640 features</text>
<path class="line thin grey" d="M0 23.5H162"></path>
<g transform="translate(0 32)">
<text class="quiet" x="0" y="24.2">1</text>
<path class="solid blue" d="M18 2.5h6v8h-6zM26 2.5h6v8h-6zM34 2.5h6v8h-6zM42 2.5h6v8h-6zM50 2.5h6v8h-6zM58 2.5h6v8h-6zM66 2.5h6v8h-6zM74 2.5h6v8h-6z"></path>
<text x="85" y="10">8</text>
<path class="solid green" d="M18 16h6v8h-6zM26 16h6v8h-6z"></path>
<text x="37" y="23.5">2</text>
<g transform="translate(141 20)">
<circle class="solid faint" cx="0" r="3.5"></circle>
<circle class="solid green" cx="9" r="3.5"></circle>
<circle class="solid green" cx="18" r="3.5"></circle></g>
<rect class="solid orange" x="18" y="29" width="102.4" height="9"></rect>
<text x="125.4" y="37">3072</text></g></g></g></svg>
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
        let svg = draw(&cell, &DrawOptions { title: Some(title), caption: Some(caption), ..DrawOptions::default() });
        assert_well_formed(&svg);
        assert!(!svg.contains(|c: char| c.is_control() && c != '\n'));
    }
}
