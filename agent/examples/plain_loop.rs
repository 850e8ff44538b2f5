//! A plain loop over tract, to hold `tenshot-agent bench` against: same warm-up, same count of
//! timed runs, same trimming; nothing else. Prints the trimmed mean in milliseconds.
//!
//! Usage: `plain_loop MODEL`, in a process of its own; see check/plain_loop.sh.

use std::error::Error;
use std::time::Instant;

use tract_onnx::prelude::{Framework, InferenceModelExt, IntoRunnable, IntoTValue, Tensor, tvec};

const WARM_UP: usize = 10;
const TIMED: usize = 50;
const TRIMMED: usize = 5;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("usage: plain_loop MODEL")?;
    let model = tract_onnx::onnx().model_for_path(path)?.into_optimized()?;
    let fact = model.input_fact(0)?.clone();
    let shape = fact.shape.as_concrete().ok_or("the input has no fixed shape")?.to_vec();
    let count: usize = shape.iter().product();
    let values: Vec<f32> = (0..count).map(|i| (i * 7919 % 2003) as f32 / 1001.5 - 1.0).collect();
    let input = Tensor::from_shape(&shape, &values)?.into_tvalue();
    let plan = model.into_runnable()?;
    for _ in 0..WARM_UP {
        plan.run(tvec!(input.clone()))?;
    }
    let mut samples_ms = Vec::with_capacity(TIMED);
    for _ in 0..TIMED {
        let start = Instant::now();
        let output = plan.run(tvec!(input.clone()))?;
        samples_ms.push(start.elapsed().as_secs_f64() * 1e3);
        drop(output);
    }
    samples_ms.sort_by(f64::total_cmp);
    let kept = samples_ms.get(TRIMMED..TIMED - TRIMMED).unwrap_or_default();
    println!("{}", kept.iter().sum::<f64>() / kept.len() as f64);
    Ok(())
}
