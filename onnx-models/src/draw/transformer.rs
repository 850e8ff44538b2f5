//! A Transformer of HAT's space as two columns of layers, the encoder's and the decoder's.

use maud::{Markup, html};

use super::Drawn;
use super::sheet::{Drawing, LegendEntry, MARGIN, px, translation};
use crate::networks::Form;
use crate::spaces::hat::{DecoderLayer, EncoderLayer, Transformer};

const COLUMN_X: [f64; 2] = [MARGIN, 188.0];
/// Where a layer's lines begin, right of its number.
const LINE_X: f64 = 18.0;
/// Where the text at a line's right end stands.
const RIGHT_X: f64 = 162.0;
const HEADER_HEIGHT: f64 = 32.0;
const LINE_HEIGHT: f64 = 13.5;
const LAYER_GAP: f64 = 10.0;
/// Features of a feed-forward network for one unit of its bar's length.
const FEATURES_PER_UNIT: f64 = 30.0;
/// The most encoder layers that a decoder layer reads.
const LONGEST_SPAN: u8 = 3;

pub(super) fn drawing(transformer: &Transformer) -> Drawing {
    let encoder = transformer.encoder_layers().iter().map(|layer| encoder_lines(*layer)).collect::<Vec<_>>();
    let decoder = transformer.decoder_layers().iter().map(|layer| decoder_lines(*layer)).collect::<Vec<_>>();
    let height = [&encoder, &decoder].map(|layers| layers.iter().map(|lines| layer_height(lines)).sum());
    Drawing {
        name: "HAT Transformer".to_owned(),
        description: description(transformer),
        height: HEADER_HEIGHT + f64::max(height[0], height[1]),
        content: html! {
            (column(COLUMN_X[0], "Encoder", transformer.encoder_embedding().into(), &encoder))
            (column(COLUMN_X[1], "Decoder", transformer.decoder_embedding().into(), &decoder))
        },
        legend: legend(),
    }
}

/// One part of a layer.
enum Line {
    Attention { colour: &'static str, heads: u8, span: Option<u8> },
    FeedForward { features: u16 },
}

fn encoder_lines(layer: EncoderLayer) -> Vec<Line> {
    vec![
        Line::Attention { colour: "blue", heads: layer.heads, span: None },
        Line::FeedForward { features: layer.feed_forward },
    ]
}

fn decoder_lines(layer: DecoderLayer) -> Vec<Line> {
    vec![
        Line::Attention { colour: "blue", heads: layer.self_heads, span: None },
        Line::Attention { colour: "green", heads: layer.cross_heads, span: Some(layer.span) },
        Line::FeedForward { features: layer.feed_forward },
    ]
}

fn layer_height(lines: &[Line]) -> f64 {
    lines.len() as f64 * LINE_HEIGHT + LAYER_GAP
}

fn column(x: f64, name: &str, embedding: usize, layers: &[Vec<Line>]) -> Markup {
    let mut y = HEADER_HEIGHT;
    let placed = layers.iter().map(|lines| {
        let top = y;
        y += layer_height(lines);
        (top, lines)
    });
    html! {
        g transform=(translation(x, 0.0)) {
            text.strong x="0" y="17" { (name) }
            text.quiet x=(px(RIGHT_X)) y="17" text-anchor="end" { (embedding) " features" }
            path.line.thin.grey d={ "M0 23.5H" (px(RIGHT_X)) } {}
            @for ((top, lines), number) in placed.zip(1..) {
                g transform=(translation(0.0, top)) {
                    text.quiet x="0" y=(px(lines.len() as f64 * LINE_HEIGHT / 2.0 + 4.0)) { (number) }
                    @for (line, index) in lines.iter().zip(0_u32..) { (part(line, f64::from(index) * LINE_HEIGHT)) }
                }
            }
        }
    }
}

fn part(line: &Line, top: f64) -> Markup {
    let text_y = px(top + 10.0);
    match *line {
        Line::Attention { colour, heads, span } => html! {
            path.solid.(colour) d=(head_squares(LINE_X, top + 2.5, heads)) {}
            text x=(px(LINE_X + 8.0 * f64::from(heads) + 3.0)) y=(text_y) { (heads) }
            @if let Some(span) = span {
                g transform=(translation(RIGHT_X - 21.0, top + 6.5)) { (span_dots(span)) }
            }
        },
        Line::FeedForward { features } => {
            let width = f64::from(features) / FEATURES_PER_UNIT;
            html! {
                rect.solid.orange x=(px(LINE_X)) y=(px(top + 2.0)) width=(px(width)) height="9" {}
                text x=(px(LINE_X + width + 5.0)) y=(text_y) { (features) }
            }
        }
    }
}

/// A dot for each of the encoder's last three layers, faint where it is not read.
fn span_dots(span: u8) -> Markup {
    html! {
        @for layer in 0..LONGEST_SPAN {
            @let colour = if layer + span >= LONGEST_SPAN { "green" } else { "faint" };
            circle.solid.(colour) cx=(px(9.0 * f64::from(layer))) r="3.5" {}
        }
    }
}

fn head_squares(left: f64, top: f64, heads: u8) -> String {
    (0..heads).map(|head| format!("M{} {}h6v8h-6z", px(left + 8.0 * f64::from(head)), px(top))).collect()
}

fn description(transformer: &Transformer) -> String {
    let encoder = transformer.encoder_layers().iter().zip(1..).map(|(layer, number)| {
        format!("Encoder layer {number}: {} heads, feed-forward {}.", layer.heads, layer.feed_forward)
    });
    let decoder = transformer.decoder_layers().iter().zip(1..).map(|(layer, number)| {
        let DecoderLayer { feed_forward, self_heads, cross_heads, span } = layer;
        format!(
            "Decoder layer {number}: {self_heads} heads, {cross_heads} cross-attention heads over the last \
             {span} encoder layers, feed-forward {feed_forward}."
        )
    });
    encoder.chain(decoder).collect::<Vec<_>>().join(" ")
}

fn legend() -> Vec<LegendEntry> {
    let heads = |colour: &str| html! { path.solid.(colour) d=(head_squares(-7.0, -4.0, 2)) {} };
    vec![
        LegendEntry { sign: heads("blue"), meaning: "self-attention" },
        LegendEntry { sign: heads("green"), meaning: "cross-attention" },
        LegendEntry {
            sign: html! { rect.solid.orange x="-7" y="-4.5" width="14" height="9" {} },
            meaning: "feed-forward",
        },
        LegendEntry { sign: html! { text text-anchor="middle" y="4" { "8" } }, meaning: "heads" },
        LegendEntry { sign: html! { text text-anchor="middle" y="4" { "512" } }, meaning: "features" },
        LegendEntry {
            sign: html! { g transform=(translation(-11.0, 0.0)) { (span_dots(2)) } },
            meaning: "encoder layers",
        },
    ]
}

impl Drawn for Transformer {
    fn drawing(&self, _form: Form) -> Drawing {
        drawing(self)
    }
}
