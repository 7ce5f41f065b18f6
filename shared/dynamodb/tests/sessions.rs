//! Sessions against the domain's reference model, by DynamoDB's own calls on the embedded engine: the same random
//! stories that the domain's tests tell a log in memory, fewer of them.

#![allow(clippy::unwrap_used)]

#[path = "../../domain/tests/reference/mod.rs"]
mod reference;

use std::cell::Cell;

use domain::{Live, NoPause};
use dynamodb::DynamoDbLog;
use engine::{Engine, create_table};
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use tokio::runtime::Builder;

use reference::{play, stories};

const TABLE: &str = "sessions";

#[test]
fn whatever_happens_in_whatever_order_the_table_answers_as_the_model_does() {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let engine = Engine::memory().unwrap();
    let client = dynamodb::client(&engine.sdk_config());
    runtime.block_on(create_table(&client, TABLE)).unwrap();
    let log = Live {
        log: DynamoDbLog::new(client, TABLE),
        connections: (),
        gateway: (),
        pause: NoPause,
    };

    let config = Config {
        cases: 12,
        max_shrink_iters: 400,
        failure_persistence: None,
        ..Config::default()
    };
    // All stories have the same ids, each in an instance of its own.
    let instances = Cell::new(0);
    let told = TestRunner::new(config).run(&stories(40), |story| {
        instances.set(instances.get() + 1);
        let instance = format!("story-{}", instances.get());
        let told = runtime.block_on(play(&log, &instance, &story, false));
        told.map_err(TestCaseError::fail)
    });
    if let Err(error) = told {
        panic!("{error}");
    }
    runtime.block_on(engine.stop()).unwrap();
}
