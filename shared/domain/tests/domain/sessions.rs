//! Sessions against the reference model: random stories, told to a log in memory that shows less than it holds.

use proptest::prelude::*;

use crate::reference::{play, stories};
use crate::stage::{Faults, World, run};

proptest! {
    #![proptest_config(ProptestConfig { cases: 144, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_in_whatever_order_the_log_answers_as_the_model_does(
        story in stories(60),
        unseen in prop_oneof![Just(0), 1..64_u64, Just(u64::MAX)],
        cut_after in prop_oneof![3 => Just(usize::MAX), 1 => 2..6_usize],
        silent in any::<bool>(),
    ) {
        let world = World::new().through(Faults {
            unseen: Box::new(move || unseen),
            cut_after,
            silent,
            ..Faults::default()
        });
        run(play(&world.log, "here", &story, unseen != 0)).map_err(TestCaseError::fail)?;
    }
}
