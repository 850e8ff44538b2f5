//! Charts of lines as markup.

use super::{AxisName, Guide, LineChart, Point, Series, Spacing, lines, lines_file};

fn series(name: &str, points: &[(f64, f64)]) -> Series {
    let point = |&(x, mean): &(f64, f64)| Point { x, mean, deviation: Some(0.1) };
    Series { name: name.to_owned(), points: points.iter().map(point).collect(), published: Vec::new() }
}

fn chart(series: Vec<Series>) -> LineChart {
    LineChart {
        title: "Error against samples".to_owned(),
        caption: "Mean of three sets.".to_owned(),
        across: AxisName { name: "samples".to_owned(), spacing: Spacing::Logarithmic },
        upwards: AxisName { name: "Spearman".to_owned(), spacing: Spacing::UpToOne },
        series,
        guides: Vec::new(),
    }
}

#[test]
fn two_series_with_their_legend() {
    let mut chart = chart(vec![series("bayes", &[(10.0, 0.9), (100.0, 0.95)]), series("<help>", &[(10.0, 0.8)])]);
    chart.series[1].published = vec![[10.0, 0.85]];
    let svg = lines("samples", &chart).into_string();
    // A line and a mark for each series in the legend; one point makes no line.
    assert_eq!(svg.matches("class=\"line\"").count(), 2 + 1);
    assert_eq!(svg.matches("class=\"point\"").count(), 2 + 3);
    assert_eq!(svg.matches("class=\"deviation\"").count(), 3);
    assert_eq!(svg.matches("class=\"published\"").count(), 2);
    assert!(svg.contains(">samples, logarithmic →<") && svg.contains(">↑ Spearman<"), "{svg}");
    assert!(
        svg.contains("bayes: 0.900 ± 0.100 at 10") && svg.contains("&lt;help&gt;, published: 0.850 at 10"),
        "{svg}"
    );
}

#[test]
fn one_series_needs_no_legend() {
    let svg = lines("one", &chart(vec![series("bayes", &[(1.0, 0.9), (2.0, 0.95)])])).into_string();
    assert_eq!((svg.matches("class=\"line\"").count(), svg.matches("class=\"point\"").count()), (1, 2));
    insta::assert_snapshot!(svg.split_once("class=\"line\"").unwrap().1.split_once('>').unwrap().0, @r#" d="M72.5 166.9L585.5 95.4""#);
}

#[test]
fn long_series_have_marks_at_some_points_only() {
    let points: Vec<(f64, f64)> = (1..=80).map(|x| (f64::from(x), 0.5)).collect();
    let svg = lines("curve", &chart(vec![series("help", &points)])).into_string();
    assert_eq!(svg.matches("class=\"point\"").count(), 16);
    assert_eq!(svg.matches('L').count(), 79);
}

#[test]
fn guides_are_named_and_lie_in_the_picture() {
    let mut chart = chart(vec![series("help", &[(1.0, 0.9), (2.0, 0.95)])]);
    chart.guides =
        vec![Guide::Level { name: "published".to_owned(), y: 0.5 }, Guide::Place { name: "best".to_owned(), x: 2.0 }];
    let svg = lines_file(&chart);
    assert_eq!(svg.matches("class=\"guide-line\"").count(), 2);
    assert!(svg.contains(">published</text>") && svg.contains(">best</text>"));
    assert!(svg.contains("Mean of three sets.") && svg.contains("<style>"));
}

#[test]
fn a_bar_that_reaches_below_zero_leaves_the_axis_logarithmic() {
    let mut chart = chart(vec![series("help", &[(1.0, 0.05), (2.0, 5.0)])]);
    chart.upwards.spacing = Spacing::Logarithmic;
    assert!(lines_file(&chart).contains("↑ Spearman, logarithmic"));
}

#[test]
fn what_is_no_number_is_left_out() {
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX] {
        let mut chart = chart(vec![series("help", &[(value, value), (1.0, 0.9)])]);
        chart.series[0].published = vec![[value; 2]];
        chart.series[0].points[1].deviation = Some(value);
        chart.guides = vec![Guide::Level { name: String::new(), y: value }];
        let svg = lines_file(&chart);
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{value}: {svg}");
    }
    assert!(lines_file(&chart(Vec::new())).starts_with("<svg"));
}
