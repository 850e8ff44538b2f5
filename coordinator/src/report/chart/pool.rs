//! Where this device stands among the pool: rank correlation and relative latency of every pool device.

use maud::{Markup, html};

use super::axis::Axis;
use super::scale::{Scale, tick_text};
use super::{picture, px};
use crate::report::PoolDevice;
use crate::report::number::{fixed, three_digits};

/// Rows that are drawn; a larger pool shows those most alike.
pub(in crate::report) const POOL_ROWS: usize = 40;

const WIDTH: f64 = 460.0;
const NAMES_END: f64 = 120.0;
const CORRELATION: [f64; 2] = [128.0, 280.0];
const LATENCY: [f64; 2] = [300.0, 446.0];
const TOP: f64 = 28.0;
const ROW: f64 = 20.0;
const LONGEST_NAME: usize = 16;

/// One row per device, most alike first: how alike its order of the references is, and how fast it is.
pub(in crate::report) fn pool(id: &str, devices: &[PoolDevice]) -> Markup {
    let rows = || devices.iter().take(POOL_ROWS);
    let bottom = TOP + ROW * rows().count() as f64;
    let correlation = Axis {
        scale: Scale::up_to(1.0, rows().map(|device| device.correlation)),
        from: CORRELATION[0],
        to: CORRELATION[1],
    };
    let latency = Axis {
        scale: Scale::of_ratios(rows().map(|device| device.relative_latency).chain([1.0])),
        from: LATENCY[0],
        to: LATENCY[1],
    };
    let content = html! {
        text.axis-name x=(px(CORRELATION[0])) y="12" { "rank correlation" }
        text.axis-name x=(px(LATENCY[0])) y="12" { "relative latency" }
        (correlation.across([TOP, bottom], 4, tick_text))
        (latency.across([TOP, bottom], 4, |ratio| format!("×{}", tick_text(ratio))))
        @if let Some(x) = latency.at(1.0) {
            line.diagonal x1=(px(x)) x2=(px(x)) y1=(px(TOP - 8.0)) y2=(px(bottom)) {}
        }
        @for (index, device) in rows().enumerate() {
            (row(device, TOP + ROW * (index as f64 + 0.5), &correlation, &latency))
        }
    };
    let description = "One row per device of the pool, most alike first. Left: rank correlation of its reference \
        latencies with this device's, 1 being the same order. Right: its latency as a multiple of this device's.";
    picture(id, [WIDTH, bottom + 22.0], "This device among the pool", description, &content)
}

fn row(device: &PoolDevice, y: f64, correlation: &Axis, latency: &Axis) -> Markup {
    html! {
        g.row {
            title {
                (device.device) ": rank correlation " (fixed(device.correlation, 3))
                ", latency ×" (three_digits(device.relative_latency)) " of this device's"
            }
            text x=(px(NAMES_END)) y=(px(y + 4.0)) text-anchor="end" { (shortened(&device.device)) }
            line.guide x1=(px(correlation.from)) x2=(px(correlation.to)) y1=(px(y)) y2=(px(y)) {}
            @if let Some(x) = correlation.at(device.correlation) {
                circle.mark cx=(px(x)) cy=(px(y)) r="3.6" {}
            }
            @if let (Some(x), Some(equal)) = (latency.at(device.relative_latency), latency.at(1.0)) {
                line.stem x1=(px(equal)) x2=(px(x)) y1=(px(y)) y2=(px(y)) {}
                circle.mark.second cx=(px(x)) cy=(px(y)) r="3.6" {}
            }
        }
    }
}

fn shortened(name: &str) -> String {
    if name.chars().count() <= LONGEST_NAME {
        return name.to_owned();
    }
    name.chars().take(LONGEST_NAME - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::{POOL_ROWS, pool, shortened};
    use crate::report::PoolDevice;

    #[test]
    fn a_large_pool_shows_the_first_rows() {
        let device = PoolDevice { device: "made-up".to_owned(), correlation: 0.9, relative_latency: 2.0 };
        let svg = pool("pool", &vec![device; POOL_ROWS + 5]).into_string();
        assert_eq!(svg.matches("<g class=\"row\"").count(), POOL_ROWS);
    }

    #[test]
    fn unknown_places_are_left_out() {
        let device = PoolDevice { device: "made-up".to_owned(), correlation: f64::NAN, relative_latency: f64::NAN };
        let svg = pool("pool", &[device]).into_string();
        assert!(!svg.contains("<circle") && svg.contains("made-up") && !svg.contains("NaN"), "{svg}");
    }

    #[test]
    fn names_are_cut_between_characters() {
        assert_eq!(shortened("raspi4"), "raspi4");
        assert_eq!(shortened(&"ü".repeat(30)).chars().count(), 16);
    }
}
