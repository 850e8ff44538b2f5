//! Minimisation without derivatives (Nelder and Mead, 1965).

/// The lowest point found from `start` with a first simplex of the given `step`, after at most
/// `evaluations` of `objective`, or when the simplex's values differ by less than `tolerance`.
pub(crate) fn minimise<const N: usize>(
    objective: impl Fn(&[f64; N]) -> f64,
    start: [f64; N],
    step: f64,
    evaluations: usize,
    tolerance: f64,
) -> [f64; N] {
    let mut simplex = vec![(objective(&start), start)];
    for axis in 0..N {
        let mut point = start;
        point[axis] += step;
        simplex.push((objective(&point), point));
    }
    let mut spent = N + 1;
    loop {
        simplex.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (best, second_worst, worst) = (simplex[0].0, simplex[N - 1].0, simplex[N]);
        if spent >= evaluations || worst.0 - best < tolerance {
            return simplex[0].1;
        }
        let centre: [f64; N] =
            std::array::from_fn(|axis| simplex[..N].iter().map(|(_, point)| point[axis]).sum::<f64>() / N as f64);
        // The point on the line from the worst through the centre, `factor` beyond it.
        let along = |factor: f64| -> (f64, [f64; N]) {
            let point = std::array::from_fn(|axis| centre[axis] + factor * (centre[axis] - worst.1[axis]));
            (objective(&point), point)
        };
        let reflected = along(1.0);
        spent += 1;
        if reflected.0 < best {
            let expanded = along(2.0);
            spent += 1;
            simplex[N] = if expanded.0 < reflected.0 { expanded } else { reflected };
        } else if reflected.0 < second_worst {
            simplex[N] = reflected;
        } else {
            let contracted = along(if reflected.0 < worst.0 { 0.5 } else { -0.5 });
            spent += 1;
            if contracted.0 < worst.0.min(reflected.0) {
                simplex[N] = contracted;
            } else {
                let lowest = simplex[0].1;
                for (value, point) in &mut simplex[1..] {
                    *point = std::array::from_fn(|axis| f64::midpoint(lowest[axis], point[axis]));
                    *value = objective(point);
                }
                spent += N;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_bottom_of_a_curved_valley() {
        let rosenbrock = |p: &[f64; 2]| (1.0 - p[0]).powi(2) + 100.0 * (p[1] - p[0] * p[0]).powi(2);
        let lowest = minimise(rosenbrock, [-1.2, 1.0], 0.5, 400, 1e-12);
        assert!((lowest[0] - 1.0).abs() < 1e-3 && (lowest[1] - 1.0).abs() < 1e-3, "{lowest:?}");
    }

    #[test]
    fn stops_when_its_evaluations_are_spent() {
        let calls = std::cell::Cell::new(0);
        let counted = |p: &[f64; 3]| {
            calls.set(calls.get() + 1);
            p.iter().sum()
        };
        minimise(counted, [0.0; 3], 1.0, 50, 0.0);
        assert!((50..60).contains(&calls.get()), "{}", calls.get());
    }
}
