//! Several explorations at the same time.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::{Exploration, Explored, Found};

/// Runs all of them, some at the same time, and adds up what they found; tells of each when it is done.
///
/// # Errors
/// A history in which an invariant does not hold.
pub fn explore_all(
    all: &[Exploration],
    threads: usize,
    tell: impl Fn(&Exploration, &Explored) + Sync,
) -> Result<Explored, Found> {
    let next = AtomicUsize::new(0);
    let total = Mutex::new(Ok(Explored {
        states: 0,
        histories: 0,
        stores: 0,
    }));
    let go_on = || {
        while let Some(exploration) = all.get(next.fetch_add(1, Ordering::SeqCst)) {
            let run = exploration.run();
            if let Ok(explored) = &run {
                tell(exploration, explored);
            }
            let Ok(mut total) = total.lock() else { return };
            match (&mut *total, run) {
                (Err(_), _) => return,
                (Ok(total), Ok(explored)) => {
                    total.states += explored.states;
                    total.histories = total.histories.saturating_add(explored.histories);
                    total.stores += explored.stores;
                }
                (_, Err(found)) => *total = Err(found),
            }
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
