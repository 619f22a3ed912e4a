//! How long a failed job waits: soon at first, about an hour over eight attempts.

use std::time::Duration;

/// Seconds before the second, third, ... attempt; the last one repeats. Together about an hour.
const SECONDS: [u64; 7] = [2, 15, 60, 240, 600, 1200, 1500];

/// The wait after the given attempt (counted from 1), spread by a fifth in both directions so that jobs
/// that failed together do not return together. `random` is uniform.
pub(super) fn retry_delay(attempt: u32, random: u8) -> Duration {
    let index = usize::try_from(attempt.saturating_sub(1)).unwrap_or(usize::MAX).min(SECONDS.len() - 1);
    let millis = SECONDS[index] * 1000;
    Duration::from_millis(millis * 4 / 5 + millis * 2 / 5 * u64::from(random) / 255)
}

/// Between the time that GitHub names and the next attempt: clocks differ by a second or two, and not all who wait for
/// the same time come back in the same moment. `random` is uniform.
pub(super) fn retry_after_reset(random: u8) -> Duration {
    Duration::from_millis(1000 + 3000 * u64::from(random) / 255)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_attempts_take_about_an_hour() {
        let total: Duration = (1..8).map(|attempt| retry_delay(attempt, 128)).sum();
        assert!((3500..3700).contains(&total.as_secs()), "{total:?}");
        assert_eq!(retry_delay(1, 0), Duration::from_millis(1600));
        assert_eq!(retry_delay(1, 255), Duration::from_millis(2400));
        assert_eq!(retry_delay(u32::MAX, 0), retry_delay(7, 0));
    }
}
