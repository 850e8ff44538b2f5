//! Ten measurements of a device become predictions.
//!
//! ```sh
//! cargo run --release -p tenshot-predictor --example adapt -- [TEN.csv [ARCHITECTURE…]]
//! ```

use std::error::Error;

use tenshot_predictor::{Architecture, Space, Support, bundled};

/// Made-up latencies of the paper's ten references, in milliseconds.
const TEN: &str = "architecture,latency_ms\n11982,14.2\n431,9.8\n55,21.7\n9,4.9\n14451,18.3\n8636,12.0\n9881,7.1\n\
                   13479,16.4\n6196,10.9\n1462,25.6\n";

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let table = match arguments.next() {
        Some(path) => std::fs::read_to_string(path)?,
        None => TEN.to_owned(),
    };
    let named: Vec<String> = arguments.collect();
    let wanted = if named.is_empty() { vec!["9930".to_owned(), "0".to_owned()] } else { named };
    print!("{}", predictions(&table, &wanted)?);
    Ok(())
}

/// A line for each wanted architecture.
fn predictions(table: &str, wanted: &[String]) -> Result<String, Box<dyn Error>> {
    let space = Space::NasBench201;
    let measured = Support::from_csv(table.as_bytes(), space)?;
    let adapted = bundled(space)?.adapt(&measured)?;
    let architectures: Vec<Architecture> = wanted.iter().map(|text| space.parse(text)).collect::<Result<_, _>>()?;
    let line = |(architecture, prediction): (&Architecture, tenshot_predictor::Prediction)| {
        let interval = prediction.interval_ms.map_or_else(String::new, |interval| {
            format!(" (nine of ten measurements: {:.1} to {:.1} ms)", interval.low, interval.high)
        });
        format!("{architecture}: {:.1} ms{interval}\n", prediction.mean_ms)
    };
    Ok(architectures.iter().zip(adapted.predict(&architectures)?).map(line).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn predicts_what_is_wanted_within_its_interval() {
        let lines = predictions(TEN, &["9930".to_owned()]).unwrap();
        let numbers: Vec<f64> = lines.split_whitespace().filter_map(|word| word.parse().ok()).collect();
        let [mean_ms, low, high] = numbers[..] else { unreachable!("{lines}") };
        assert!(low < mean_ms && mean_ms < high && low > 4.0 && high < 60.0, "{lines}");
    }

    #[test]
    fn a_fault_is_named() {
        let error = predictions(TEN, &["15625".to_owned()]).unwrap_err();
        assert_eq!(error.to_string(), "cell index 15625 is out of range, expected 0 to 15624");
    }
}
