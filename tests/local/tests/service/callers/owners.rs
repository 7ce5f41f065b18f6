//! Whose a chat is, and who may continue it.

use serde_json::{Value, json};

use super::Visitor;
use crate::stage::{NOT_FOUND, World, at, continuing, start, stop};

const JANE: Visitor = Visitor::Customer("jane");
const JOHN: Visitor = Visitor::Customer("john");

/// A chat that has ended, and whose owner is this customer, if any.
fn ended_chat_of(world: &World, owner: Option<&str>) -> String {
    let members = owner.map_or(json!({}), |owner| json!({"CustomerId": owner}));
    let started = world.takes(start(&members).signed());
    let contact = at(&started, "ContactId");
    world.takes(stop(&contact));
    contact
}

/// Continues a chat, ends the new one, and gives its id; none if the source was not found.
fn continued(world: &World, visitor: Visitor, id: Option<&str>, source: &str) -> Option<String> {
    let mut members = continuing(source, "FROM_SEGMENT");
    if let Some(id) = id {
        members["CustomerId"] = json!(id);
    }
    let request = visitor.sends(start(&members));
    let puts = world.service.log.puts();
    let answer = world.send(request);
    if answer.status == 404 {
        answer.is(NOT_FOUND, "The contact of SourceContactId was not found");
        assert_eq!(world.service.log.puts(), puts);
        return None;
    }
    let contact = at(&answer.ok(), "ContactId");
    world.takes(stop(&contact));
    Some(contact)
}

/// The owner of a chat that has ended, told by who may continue it.
fn owner(world: &World, contact: &str) -> Option<&'static str> {
    let may = |visitor| continued(world, visitor, None, contact).is_some();
    match (may(JANE), may(JOHN), may(Visitor::Stranger)) {
        (true, true, true) => None,
        (true, false, false) => Some("jane"),
        (false, true, false) => Some("john"),
        other => panic!("whose is that? {other:?}"),
    }
}

#[test]
fn who_may_continue_what_and_whose_the_new_chat_is() {
    let (jane, john, nobody) = (Some("jane"), Some("john"), None);
    // Source's owner, caller, CustomerId of the request; the new chat's owner, or none if it is refused.
    let rows: [(_, _, _, Option<Option<&str>>); 16] = [
        (nobody, Visitor::Backend, nobody, Some(nobody)),
        (nobody, Visitor::Backend, jane, Some(jane)),
        (nobody, JANE, nobody, Some(jane)),
        (nobody, JANE, jane, Some(jane)),
        (nobody, JOHN, nobody, Some(john)),
        (nobody, Visitor::Stranger, nobody, Some(nobody)),
        (jane, Visitor::Backend, nobody, Some(jane)),
        (jane, Visitor::Backend, jane, Some(jane)),
        (jane, Visitor::Backend, john, None),
        (jane, JANE, nobody, Some(jane)),
        (jane, JANE, jane, Some(jane)),
        (jane, JOHN, nobody, None),
        (jane, JOHN, john, None),
        (jane, Visitor::Stranger, nobody, None),
        (john, JANE, nobody, None),
        (john, Visitor::Backend, john, Some(john)),
    ];
    let world = World::new();
    for (source, visitor, id, expected) in rows {
        println!("{visitor:?} with CustomerId {id:?} continues a chat of {source:?}");
        let contact = ended_chat_of(&world, source);
        let new = continued(&world, visitor, id, &contact);
        assert_eq!(new.map(|contact| owner(&world, &contact)), expected);
    }
}

#[test]
fn a_fresh_chat_is_the_customers_that_its_caller_names_or_is() {
    let world = World::new();
    let ended = |visitor: Visitor, members: Value| {
        let started = world.takes(visitor.sends(start(&members)));
        let contact = at(&started, "ContactId");
        world.takes(stop(&contact));
        contact
    };
    let backends = ended(Visitor::Backend, json!({}));
    assert_eq!(owner(&world, &backends), None);
    let named = ended(Visitor::Backend, json!({"CustomerId": "john"}));
    assert_eq!(owner(&world, &named), Some("john"));
    let own = ended(JANE, json!({}));
    assert_eq!(owner(&world, &own), Some("jane"));
    let strangers = ended(Visitor::Stranger, json!({}));
    assert_eq!(owner(&world, &strangers), None);
}

#[test]
fn a_claim_and_a_customer_id_are_one_namespace() {
    let world = World::new();
    let by_claim = world.takes(JANE.sends(start(&json!({}))));
    let contact = at(&by_claim, "ContactId");
    world.takes(stop(&contact));
    assert!(continued(&world, Visitor::Backend, Some("jane"), &contact).is_some());
    let by_id = ended_chat_of(&world, Some("jane"));
    assert!(continued(&world, JANE, None, &by_id).is_some());
}
