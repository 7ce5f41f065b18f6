//! The reasons that a local log has: one for every problem, the wire as it was, nothing of what callers send.

use super::*;

#[test]
fn the_answer_does_not_depend_on_which_mistake_was_made() {
    for operation in Operation::ALL {
        let tokens = TokenFault::ALL.map(|fault| Problem::Token(fault).told(operation));
        let callers = CallerFault::ALL.map(|fault| Problem::Unknown(fault).told(operation));
        let denied = |text: &str| (ErrorType::AccessDeniedException, text.to_owned());
        assert!(tokens.iter().all(|told| *told == denied("Access denied")));
        assert!(
            callers
                .iter()
                .all(|told| *told == denied("The caller is not known"))
        );
    }
}

#[test]
fn every_reason_is_a_sentence_that_a_header_can_hold() {
    let tokens = TokenFault::ALL.map(Problem::Token);
    let callers = CallerFault::ALL.map(Problem::Unknown);
    let mut table = String::new();
    for problem in every_problem().chain(tokens).chain(callers) {
        let reason = problem.reason(Operation::SendMessage);
        assert!(
            reason.contains(' ') && reason.len() < 200,
            "{problem:?}: {reason}"
        );
        assert!(
            reason.bytes().all(|byte| (b' '..=b'~').contains(&byte)),
            "{reason}"
        );
        let _ = writeln!(table, "{problem:?}: {reason}");
    }
    insta::assert_snapshot!(table);
}

#[test]
fn the_name_of_an_attribute_is_in_no_reason() {
    let problem = Problem::InvalidMember {
        member: "Attributes.secret_name".to_owned(),
        reason: "must be a string".to_owned(),
    };
    let reason = problem.reason(Operation::StartChatContact);
    assert_eq!(reason, "Attributes.... must be a string");
}
