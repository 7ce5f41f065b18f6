//! What can be left out of a history stays out, and the rest stays as it is.

use super::*;

#[test]
fn without_some_clients_the_others_do_what_they_did() {
    for seed in 0..20 {
        let mut alone = Script::of(seed);
        alone.absent.extend(1..8);
        let first = play(&alone, true).story;
        assert!(first.iter().all(|sentence| sentence.contains("client 1,")));
        let with_all = play(&Script::of(seed), true).story;
        let begins = first.iter().find(|sentence| sentence.contains("wishes to"));
        assert!(
            begins.is_none_or(|begins| with_all.contains(begins)),
            "{seed}"
        );
    }
}

#[test]
fn where_all_calls_are_calm_and_all_clocks_right_nothing_is_disturbed() {
    for seed in 0..50 {
        let mut script = Script {
            clocks_are_right: true,
            ..Script::of(seed)
        };
        // Being calm changes what happens next, and with it which calls there are.
        for _ in 0..20 {
            script.calm.extend(play(&script, false).stirred);
        }
        assert!(play(&script, false).stirred.is_empty(), "{seed}");
    }
}

#[test]
fn a_story_is_told_in_sentences_of_who_did_what() {
    let story = play(&Script::of(3), true).story;
    let tells = |what: &str| story.iter().any(|sentence| sentence.contains(what));
    assert!(tells("wishes to") && tells("reads strongly") && tells("is answered"));
}
