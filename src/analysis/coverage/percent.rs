//! A share as an exact fraction: compared without rounding, shown without rounding up.

/// So many of so many lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// Lines that ran.
    pub covered: u64,
    /// Lines that count.
    pub lines: u64,
}

impl Share {
    /// In percent; `None` of nothing.
    pub fn percent(self) -> Option<f64> {
        // Multiplied first: 29 of 50 are 58, and not 57.99.
        (self.lines > 0).then(|| self.covered as f64 * 100.0 / self.lines as f64)
    }

    /// Whether it reaches a minimum in percent; nothing reaches every minimum.
    pub fn reaches(self, minimum: f64) -> bool {
        self.covered as f64 * 100.0 >= minimum * self.lines as f64
    }

    /// `66.6 %`: one decimal at most, cut and not rounded, so that 99.96 % never reads as all. Of nothing it is `-`.
    pub fn render_percent(self) -> String {
        if self.lines == 0 {
            return "-".to_owned();
        }
        let tenths = u128::from(self.covered) * 1000 / u128::from(self.lines);
        match (tenths / 10, tenths % 10) {
            (whole, 0) => format!("{whole} %"),
            (whole, tenth) => format!("{whole}.{tenth} %"),
        }
    }

    /// The sum of two shares.
    pub fn plus(self, other: Share) -> Share {
        Share { covered: self.covered + other.covered, lines: self.lines + other.lines }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractions_are_exact() {
        let share = |covered, lines| Share { covered, lines };
        assert_eq!(share(29, 50).percent(), Some(58.0));
        assert!(share(29, 50).reaches(58.0) && !share(29, 50).reaches(58.1));
        assert_eq!(share(0, 0).percent(), None);
        let shown: Vec<String> =
            [(2, 3), (1, 2), (9999, 10_000), (3, 3), (0, 7), (0, 0)].map(|(a, b)| share(a, b).render_percent()).into();
        assert_eq!(shown, ["66.6 %", "50 %", "99.9 %", "100 %", "0 %", "-"]);
    }
}
