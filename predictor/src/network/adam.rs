//! Adam (Kingma and Ba, 2015).

use super::vectorized::vectorized;

const FIRST_DECAY: f32 = 0.9;
const SECOND_DECAY: f32 = 0.999;
const SMALLEST_DEVIATION: f32 = 1e-8;

/// Moments of the derivatives by some parameters.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Adam {
    pub(crate) first: Vec<f32>,
    pub(crate) second: Vec<f32>,
}

impl Adam {
    /// No moments yet, of this many parameters.
    pub(crate) fn new(parameters: usize) -> Self {
        Self { first: vec![0.0; parameters], second: vec![0.0; parameters] }
    }

    /// Takes step number `step`, counted from one.
    pub(crate) fn step(&mut self, parameters: &mut [f32], gradient: &[f32], rate: f32, step: u32) {
        let correction = |decay: f32| 1.0 - f64::from(decay).powi(step as i32);
        let rate = (f64::from(rate) / correction(FIRST_DECAY)) as f32;
        let second_correction = (1.0 / correction(SECOND_DECAY)) as f32;
        let moments = self.first.iter_mut().zip(&mut self.second);
        vectorized(|| {
            for ((parameter, derivative), (first, second)) in parameters.iter_mut().zip(gradient).zip(moments) {
                *first += (1.0 - FIRST_DECAY) * (derivative - *first);
                *second += (1.0 - SECOND_DECAY) * (derivative * derivative - *second);
                *parameter -= rate * *first / ((*second * second_correction).sqrt() + SMALLEST_DEVIATION);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_step_is_the_rate_against_each_sign() {
        let mut parameters = [1.0, 1.0, 1.0];
        Adam::new(3).step(&mut parameters, &[3.0, -0.01, 0.0], 0.1, 1);
        let expected = [0.9, 1.1, 1.0];
        assert!(parameters.iter().zip(expected).all(|(a, b): (&f32, f32)| (a - b).abs() < 1e-5), "{parameters:?}");
    }

    #[test]
    fn it_finds_the_lowest_point() {
        let (mut adam, mut parameters) = (Adam::new(2), [4.0, -3.0]);
        for step in 1..=2000 {
            let gradient = [2.0 * (parameters[0] - 1.0), 200.0 * (parameters[1] - 2.0)];
            adam.step(&mut parameters, &gradient, 0.02, step);
        }
        assert!((parameters[0] - 1.0).abs() < 0.01 && (parameters[1] - 2.0).abs() < 0.01, "{parameters:?}");
    }
}
