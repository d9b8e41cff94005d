//! A straight line through weighted points whose two parts cannot be below 0; closed, since a bootstrap draws it often.

/// A fixed part and what each unit of x adds, neither below 0.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Line {
    /// The value at x = 0.
    pub fixed: f64,
    /// What one more x adds.
    pub each: f64,
}

impl Line {
    /// The value at `x`.
    pub fn at(self, x: f64) -> f64 {
        self.fixed + self.each * x
    }

    /// The weighted least squares among lines with both parts at least 0, of `(x, y, weight)` with x and weights at least 0:
    /// the plain solution if it is one, else the better of a constant and a line through the origin. None without two
    /// different x of weight, or where something is not finite.
    pub fn not_negative(points: &[(f64, f64, f64)]) -> Option<Self> {
        let sum = |of: fn(&(f64, f64, f64)) -> f64| points.iter().map(of).sum::<f64>();
        // Rounding gives even one x a spread.
        if points.iter().all(|(x, _, _)| x.total_cmp(&points[0].0).is_eq()) {
            return None;
        }
        let weight = sum(|(_, _, w)| *w);
        let (x, y) = (sum(|(x, _, w)| w * x) / weight, sum(|(_, y, w)| w * y) / weight);
        let spread: f64 = points.iter().map(|(at, _, w)| w * (at - x).powi(2)).sum();
        let both: f64 = points.iter().map(|(at, value, w)| w * (at - x) * (value - y)).sum();
        let each = both / spread;
        if !(weight > 0.0 && spread > 0.0 && each.is_finite() && y.is_finite()) {
            return None;
        }
        let free = Self { fixed: y - each * x, each };
        if free.fixed >= 0.0 && free.each >= 0.0 {
            return Some(free);
        }
        let constant = Self { fixed: y.max(0.0), each: 0.0 };
        let through = sum(|(x, y, w)| w * x * y) / sum(|(x, _, w)| w * x * x);
        let origin = Self { fixed: 0.0, each: through.max(0.0) };
        let residual = |line: Self| points.iter().map(|(x, y, w)| w * (y - line.at(*x)).powi(2)).sum::<f64>();
        Some(if residual(constant) < residual(origin) { constant } else { origin })
    }
}
