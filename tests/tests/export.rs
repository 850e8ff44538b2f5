//! Exported predictors, run by tract, predict as the library does.

use std::error::Error;
use std::io::Cursor;

use tenshot_onnx_models::{Architecture, Space};
use tenshot_predictor::artefact::ArtefactError;
use tenshot_predictor::encoding::encode;
use tenshot_predictor::{Adapted, Support, SupportMeasurement, bundled};
use tract_onnx::prelude::{Framework, InferenceModelExt, IntoRunnable, TValue, Tensor, TractResult, tvec};

const ALLOWED: f64 = 1e-4;

/// The bundled predictor, knowing a device that pays for every integer.
fn adapted(space: Space) -> Result<Adapted, Box<dyn Error>> {
    let pays = |architecture: &Architecture| {
        let integers = encode(architecture);
        let weighted = integers.iter().zip(1..).map(|(&integer, place)| (integer % 64) as f64 / f64::from(place));
        SupportMeasurement::new(*architecture, 5.0 + weighted.sum::<f64>())
    };
    let measurements = space.sample(1, 12)?.iter().map(pays).collect();
    Ok(bundled(space)?.adapt(&Support::new(measurements)?)?)
}

/// The outputs of a file for rows of integers: means, and then both ends of each interval.
fn run(file: &[u8], rows: &[Vec<i64>]) -> TractResult<[Vec<f32>; 2]> {
    let model = tract_onnx::onnx().model_for_read(&mut Cursor::new(file))?.into_optimized()?.into_runnable()?;
    let input = Tensor::from_shape(&[rows.len(), rows[0].len()], &rows.concat())?;
    let outputs = model.run(tvec!(TValue::from(input)))?;
    let numbers = |place: usize| -> TractResult<Vec<f32>> {
        Ok(outputs[place].to_plain_array_view::<f32>()?.iter().copied().collect())
    };
    Ok([numbers(0)?, numbers(1)?])
}

#[test]
fn tract_predicts_as_the_library() {
    // A space may have no bundled predictor yet.
    let is_missing = |space| matches!(bundled(space), Err(ArtefactError::NotBundled { .. }));
    for &space in Space::ALL.iter().filter(|&&space| !is_missing(space)) {
        let adapted = adapted(space).unwrap();
        let architectures = space.sample(2, 40).unwrap();
        let mut rows: Vec<Vec<i64>> = architectures.iter().map(encode).collect();
        // Two more that are no architectures.
        rows.push(vec![-7; rows[0].len()]);
        let mut missing = rows[0].clone();
        missing[0] = i64::MIN;
        rows.push(missing);
        let file = adapted.to_onnx().unwrap();
        let [means, ends] = run(&file, &rows).unwrap();
        assert!(means[40..].iter().chain(&ends[80..]).all(|one| one.is_nan()), "{space}");
        assert_eq!(run(&file, &rows[..1]).unwrap()[0], means[..1], "{space}");
        for (place, expected) in adapted.predict(&architectures).unwrap().iter().enumerate() {
            let interval = expected.interval_ms.unwrap();
            let pairs = [
                (means[place], expected.mean_ms),
                (ends[2 * place], interval.low),
                (ends[2 * place + 1], interval.high),
            ];
            for (found, expected) in pairs {
                assert!((f64::from(found) - expected).abs() <= ALLOWED * expected, "{space}: {found} {expected}");
            }
        }
    }
}
