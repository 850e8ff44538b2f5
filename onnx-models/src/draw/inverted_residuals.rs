//! Inverted residuals as a row of bars: each a block, as high as its expansion, coloured by its kernel.

use maud::{Markup, html};

use super::sheet::{Drawing, LegendEntry, MARGIN, WIDTH, px};

/// A network of inverted residuals.
pub(super) struct Chain {
    pub(super) name: String,
    pub(super) stages: Vec<Stage>,
}

/// Blocks between two changes of shape.
pub(super) struct Stage {
    /// Channels of what its blocks give.
    pub(super) channels: usize,
    /// Height and width of what its blocks give.
    pub(super) pixels: usize,
    /// Whether its first block halves height and width.
    pub(super) halves: bool,
    /// Its positions; nothing where there is no block.
    pub(super) positions: Vec<Option<Block>>,
}

/// A block.
#[derive(Clone, Copy)]
pub(super) enum Block {
    /// The input itself.
    Identity,
    /// A 1x1 convolution in an identity's place, where the shape changes.
    Convolution1x1,
    /// 1x1 convolution, depthwise convolution, 1x1 convolution.
    InvertedResidual { kernel: usize, expansion: usize, groups: usize, squeeze_excite: bool },
}

const STAGE_GAP: f64 = 8.0;
const BAR_GAP: f64 = 3.0;
const BASE_Y: f64 = 106.0;
/// Height of a bar for each multiple of the input's channels.
const EXPANSION_HEIGHT: f64 = 13.5;
const HEIGHT: f64 = 166.0;

pub(super) fn drawing(chain: &Chain) -> Drawing {
    let positions: usize = chain.stages.iter().map(|stage| stage.positions.len()).sum();
    let gaps = chain.stages.len().saturating_sub(1) as f64 * STAGE_GAP;
    let pitch = (WIDTH - 2.0 * MARGIN + BAR_GAP - gaps) / positions.max(1) as f64;
    let mut left = MARGIN;
    let mut placed = Vec::new();
    for stage in &chain.stages {
        placed.push((left, stage));
        left += pitch * stage.positions.len() as f64 + STAGE_GAP;
    }
    Drawing {
        name: chain.name.clone(),
        description: description(chain),
        height: HEIGHT,
        content: html! { @for (left, stage) in placed { (stage_at(left, pitch, stage)) } },
        legend: legend(chain),
    }
}

fn stage_at(left: f64, pitch: f64, stage: &Stage) -> Markup {
    let blocks = stage.positions.iter().flatten().count();
    let right = left + pitch * blocks as f64 - BAR_GAP;
    let middle = px(f64::midpoint(left, right));
    let rule_y = px(BASE_Y + 21.0);
    let halving_x = px(left - (STAGE_GAP + BAR_GAP) / 2.0);
    html! {
        @if stage.halves { path.line.thin.dashed.grey d={ "M" (halving_x) " 16V" (px(BASE_Y)) } {} }
        @for (block, index) in stage.positions.iter().zip(0_u32..) {
            @if let Some(block) = block { (bar(left + pitch * f64::from(index), pitch - BAR_GAP, *block)) }
        }
        path.line.thin.grey d={ "M" (px(left)) " " (rule_y) "H" (px(right)) } {}
        text.quiet x=(middle) y=(px(BASE_Y + 34.0)) text-anchor="middle" { (stage.channels) }
        text.quiet x=(middle) y=(px(BASE_Y + 47.0)) text-anchor="middle" { (stage.pixels) "²" }
    }
}

fn bar(left: f64, width: f64, block: Block) -> Markup {
    let middle = px(left + width / 2.0);
    let kernel_y = px(BASE_Y + 14.0);
    html! {
        @match block {
            Block::Identity => {
                g.grey {
                    title { (block.sentence()) }
                    path.line d={ "M" (px(left)) " " (px(BASE_Y - 1.5)) "h" (px(width)) } {}
                }
            }
            Block::Convolution1x1 => {
                g.grey {
                    title { (block.sentence()) }
                    (rectangle(left, width, 5.0))
                    text x=(middle) y=(kernel_y) text-anchor="middle" { "1" }
                }
            }
            Block::InvertedResidual { kernel, expansion, groups, squeeze_excite } => {
                @let height = expansion as f64 * EXPANSION_HEIGHT;
                @let part = (width + 1.5) / groups as f64;
                g.(colour(kernel)) {
                    title { (block.sentence()) }
                    @for group in 0..groups { (rectangle(left + part * group as f64, part - 1.5, height)) }
                    @if squeeze_excite { circle.hole cx=(middle) cy=(px(BASE_Y - 7.0)) r="2.4" {} }
                    text x=(middle) y=(px(BASE_Y - height - 4.0)) text-anchor="middle" { (expansion) }
                    text.solid x=(middle) y=(kernel_y) text-anchor="middle" { (kernel) }
                }
            }
        }
    }
}

fn rectangle(left: f64, width: f64, height: f64) -> Markup {
    html! { rect.solid x=(px(left)) y=(px(BASE_Y - height)) width=(px(width)) height=(px(height)) {} }
}

const fn colour(kernel: usize) -> &'static str {
    match kernel {
        3 => "blue",
        5 => "green",
        _ => "orange",
    }
}

impl Block {
    const fn kernel(self) -> Option<usize> {
        match self {
            Self::InvertedResidual { kernel, .. } => Some(kernel),
            Self::Identity | Self::Convolution1x1 => None,
        }
    }

    fn sentence(self) -> String {
        match self {
            Self::Identity => "identity".to_owned(),
            Self::Convolution1x1 => "1x1 convolution".to_owned(),
            Self::InvertedResidual { kernel, expansion, groups, squeeze_excite } => {
                let groups = if groups == 1 { String::new() } else { format!(", {groups} groups") };
                let squeeze_excite = if squeeze_excite { ", squeeze-excite" } else { "" };
                format!("kernel {kernel}, expansion {expansion}{groups}{squeeze_excite}")
            }
        }
    }
}

fn description(chain: &Chain) -> String {
    let stage = |(stage, number): (&Stage, u32)| {
        let blocks: Vec<String> = stage.positions.iter().flatten().map(|block| block.sentence()).collect();
        format!("Stage {number}, {} channels, {} pixels: {}.", stage.channels, stage.pixels, blocks.join("; "))
    };
    chain.stages.iter().zip(1..).map(stage).collect::<Vec<_>>().join(" ")
}

fn legend(chain: &Chain) -> Vec<LegendEntry> {
    let blocks = || chain.stages.iter().flat_map(|stage| stage.positions.iter().flatten());
    let swatch = |kernel: usize| html! { rect.solid.(colour(kernel)) x="-5" y="-5" width="10" height="10" {} };
    let any = |has: fn(&Block) -> bool| blocks().any(has);
    let mut entries = Vec::new();
    let mut explain = |shown: bool, sign: Markup, meaning| {
        if shown {
            entries.push(LegendEntry { sign, meaning });
        }
    };
    for (kernel, meaning) in [(3, "kernel 3×3"), (5, "kernel 5×5"), (7, "kernel 7×7")] {
        explain(blocks().any(|block| block.kernel() == Some(kernel)), swatch(kernel), meaning);
    }
    let number = |text| html! { text text-anchor="middle" y="4" { (text) } };
    explain(true, number("6"), "expansion");
    explain(
        any(|block| matches!(block, Block::InvertedResidual { groups: 2, .. })),
        html! { path.solid.grey d="M-5 -5h4v10h-4zM1 -5h4v10h-4z" {} },
        "2 groups",
    );
    explain(
        any(|block| matches!(block, Block::InvertedResidual { squeeze_excite: true, .. })),
        html! { rect.solid.grey x="-5" y="-5" width="10" height="10" {} circle.hole r="2.4" {} },
        "squeeze-excite",
    );
    explain(any(|block| matches!(block, Block::Identity)), html! { path.line.grey d="M-5 3h10" {} }, "identity");
    explain(
        any(|block| matches!(block, Block::Convolution1x1)),
        html! { rect.solid.grey x="-5" y="0" width="10" height="5" {} },
        "convolution 1×1",
    );
    explain(
        chain.stages.iter().any(|stage| stage.halves),
        html! { path.line.thin.dashed.grey d="M0 -8V8" {} },
        "half resolution",
    );
    explain(
        true,
        html! { path.line.thin.grey d="M-8 -5H8" {} text.quiet text-anchor="middle" y="7" { "24" } },
        "channels",
    );
    explain(true, html! { text.quiet text-anchor="middle" y="4" { "16²" } }, "pixels");
    entries
}
