//! Many histories, several at the same time.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use super::{Failed, Simulated, simulate};

/// Simulates so many histories, of this seed and those that follow; of those that fail, tells of the one with the
/// lowest seed that was found.
///
/// # Errors
/// A history in which an invariant does not hold.
pub fn simulate_all(seed: u64, histories: u64, threads: usize) -> Result<Simulated, Box<Failed>> {
    let next = AtomicU64::new(0);
    let failed = AtomicBool::new(false);
    let total: Mutex<Result<Simulated, Box<Failed>>> = Mutex::new(Ok(Simulated::default()));
    let go_on = || {
        let mut sum = Simulated::default();
        let mut found: Option<Box<Failed>> = None;
        while !failed.load(Ordering::Relaxed) {
            let history = next.fetch_add(1, Ordering::Relaxed);
            if history >= histories {
                break;
            }
            match simulate(seed.wrapping_add(history)) {
                Ok(simulated) => sum.add(simulated),
                Err(wrong) => {
                    failed.store(true, Ordering::Relaxed);
                    found = Some(wrong);
                }
            }
        }
        let Ok(mut total) = total.lock() else { return };
        match (&mut *total, found) {
            (Ok(total), None) => total.add(sum),
            (Err(known), Some(found)) if known.seed < found.seed => {}
            (_, Some(found)) => *total = Err(found),
            (Err(_), None) => {}
        }
    };
    thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(go_on);
        }
        go_on();
    });
    total
        .into_inner()
        .unwrap_or_else(|total| total.into_inner())
}
