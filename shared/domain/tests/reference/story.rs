//! What may happen in a story, and how often.
//!
//! Chats are counted from the newest, people and contacts in the order in which they came; a number beyond the last
//! means the last.

use std::time::Duration;

use domain::Rehydration::{EntirePastSession, FromSegment};
use domain::{ReceiptKind, Rehydration, Role, TransferMethod, days, minutes, seconds};
use proptest::prelude::*;

/// A story: one thing after the other.
pub(crate) type Story = Vec<Step>;

/// Something that happens.
#[derive(Clone)]
pub(crate) struct Step {
    pub(crate) what: What,
    /// On which of the servers, whose clocks differ.
    pub(crate) server: Server,
}

/// A server by its clock.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Server {
    Right,
    MinuteFast,
    MinuteSlow,
}

/// What happens.
#[derive(Clone)]
pub(crate) enum What {
    Start(Beginning),
    Join(At),
    Say(At),
    /// Says so many things in a row: about as many as a repeated request may lie back.
    Chatter(At, usize),
    Leave(At, bool),
    Invite(Of, Role),
    Stop(Of),
    Transfer(Of, TransferMethod),
    Change(Of, Vec<(&'static str, Value)>),
    Associate(Of, Of, Rehydration),
    /// One of the newest lines of those that the chat shows has reached somebody.
    Receive(At, usize, ReceiptKind),
    Describe(Of),
    Look(Of),
    /// One of the last requests comes again, under the same token.
    Again(usize),
    Wait(Duration),
    Read(Of, bool, usize),
    Export(Of, usize),
    List(&'static str, usize),
}

/// How a chat begins.
#[derive(Clone)]
pub(crate) struct Beginning {
    pub(crate) by: By,
    pub(crate) source: Option<(Of, Rehydration)>,
    pub(crate) hours: u64,
    pub(crate) connects: bool,
    pub(crate) says: bool,
    pub(crate) agents_leave_too: bool,
    pub(crate) given: Vec<(&'static str, Value)>,
}

/// Who starts a chat.
#[derive(Clone, Copy)]
pub(crate) enum By {
    Backend(Option<&'static str>),
    Customer(&'static str),
    Anonymous,
}

/// The value of an attribute.
#[derive(Clone, Copy)]
pub(crate) enum Value {
    Empty,
    Short(u8),
    /// Three of them are too long together.
    Long,
}

/// One chat of those that run, that have ended, or of all; where there is none of those, the newest of all.
#[derive(Clone, Copy)]
pub(crate) enum Which {
    Running(usize),
    Ended(usize),
    Any(usize),
}

/// A person in a chat.
#[derive(Clone, Copy)]
pub(crate) struct At {
    pub(crate) chat: Which,
    pub(crate) person: usize,
}

/// A contact of a chat.
#[derive(Clone, Copy)]
pub(crate) struct Of {
    pub(crate) chat: Which,
    pub(crate) contact: usize,
}

impl Of {
    /// Not the last contact, but one that there never was.
    pub(crate) const NONE: usize = 99;
}

fn number() -> impl Strategy<Value = usize> {
    // Mostly the last.
    prop_oneof![1 => 0..4_usize, 1 => 0..12_usize, 2 => Just(50_usize)]
}

/// One of the newest, mostly.
fn back() -> impl Strategy<Value = usize> {
    prop_oneof![4 => Just(0_usize), 4 => 0..4_usize, 1 => 0..12_usize]
}

/// A chat that runs, mostly.
fn which() -> impl Strategy<Value = Which> {
    prop_oneof![
        8 => back().prop_map(Which::Running),
        1 => back().prop_map(Which::Ended),
        1 => back().prop_map(Which::Any),
    ]
}

fn at() -> impl Strategy<Value = At> {
    let person = prop_oneof![1 => Just(0_usize), 2 => number()];
    (which(), person).prop_map(|(chat, person)| At { chat, person })
}

fn of(which: impl Strategy<Value = Which>) -> impl Strategy<Value = Of> {
    let contact = prop_oneof![20 => number(), 1 => Just(Of::NONE)];
    (which, contact).prop_map(|(chat, contact)| Of { chat, contact })
}

fn open() -> impl Strategy<Value = Of> {
    of(which())
}

/// What may be continued, mostly.
fn source() -> impl Strategy<Value = (Of, Rehydration)> {
    let which = || {
        prop_oneof![
            8 => back().prop_map(Which::Ended),
            1 => back().prop_map(Which::Running),
            1 => back().prop_map(Which::Any),
        ]
    };
    let how = prop_oneof![4 => Just(FromSegment), 1 => Just(EntirePastSession)];
    let entire = (which(), Just(EntirePastSession));
    let entire = entire.prop_map(|(chat, how)| (Of { chat, contact: 0 }, how));
    prop_oneof![3 => (of(which()), how), 2 => entire]
}

fn value() -> impl Strategy<Value = Value> {
    let short = any::<u8>().prop_map(Value::Short);
    prop_oneof![4 => short, 2 => Just(Value::Empty), 2 => Just(Value::Long)]
}

fn given() -> impl Strategy<Value = Vec<(&'static str, Value)>> {
    let name = prop_oneof![Just("basket"), Just("language"), Just("plan")];
    prop::collection::vec((name, value()), 0..3)
}

fn beginning(begins_with_source: bool) -> impl Strategy<Value = Beginning> {
    let names = || prop_oneof![Just("jane"), Just("joe")];
    let by = prop_oneof![
        8 => Just(By::Backend(None)),
        2 => names().prop_map(|name| By::Backend(Some(name))),
        1 => names().prop_map(By::Customer),
        2 => Just(By::Anonymous),
    ];
    let source = match begins_with_source {
        false => Just(None).boxed(),
        true => source().prop_map(Some).boxed(),
    };
    let hours = prop_oneof![1 => Just(1_u64), 3 => Just(7 * 24)];
    (by, source, hours, any::<[bool; 3]>(), given()).prop_map(
        |(by, source, hours, [connects, says, agents_leave_too], given)| Beginning {
            by,
            source,
            hours,
            connects,
            says,
            agents_leave_too,
            given,
        },
    )
}

fn what() -> impl Strategy<Value = What> {
    let role = prop_oneof![
        3 => Just(Role::Agent),
        1 => Just(Role::CustomBot),
        1 => Just(Role::Supervisor),
        1 => Just(Role::System),
    ];
    let method = prop_oneof![
        Just(TransferMethod::Transfer),
        Just(TransferMethod::QueueTransfer),
        Just(TransferMethod::Disconnect),
    ];
    let kind = prop_oneof![Just(ReceiptKind::Delivered), Just(ReceiptKind::Read)];
    let span = prop_oneof![
        10 => Just(seconds(5)),
        2 => Just(minutes(6)),
        2 => Just(minutes(60)),
        1 => Just(days(8)),
        1 => Just(days(400)),
    ];
    let limit = || prop_oneof![1..6_usize, Just(100)];
    let name = prop_oneof![Just("jane"), Just("joe")];
    prop_oneof![
        2 => beginning(false).prop_map(What::Start),
        7 => beginning(true).prop_map(What::Start),
        7 => at().prop_map(What::Join),
        7 => at().prop_map(What::Say),
        1 => (at(), 28..36_usize).prop_map(|(at, count)| What::Chatter(at, count)),
        3 => (at(), any::<bool>()).prop_map(|(at, survey)| What::Leave(at, survey)),
        5 => (open(), role).prop_map(|(of, role)| What::Invite(of, role)),
        2 => open().prop_map(What::Stop),
        5 => (open(), method).prop_map(|(of, method)| What::Transfer(of, method)),
        3 => (open(), given()).prop_map(|(of, given)| What::Change(of, given)),
        3 => (open(), source()).prop_map(|(of, (source, how))| What::Associate(of, source, how)),
        5 => (at(), 0..4_usize, kind)
            .prop_map(|(at, back, kind)| What::Receive(at, back, kind)),
        1 => open().prop_map(What::Describe),
        1 => open().prop_map(What::Look),
        5 => (0..6_usize).prop_map(What::Again),
        3 => span.prop_map(What::Wait),
        2 => (open(), any::<bool>(), limit()).prop_map(|(of, only, limit)| What::Read(of, only, limit)),
        1 => (open(), limit()).prop_map(|(of, limit)| What::Export(of, limit)),
        1 => (name, 1..4_usize).prop_map(|(name, limit)| What::List(name, limit)),
    ]
}

/// Stories of at most so many steps.
pub(crate) fn stories(most: usize) -> impl Strategy<Value = Story> {
    let server = prop_oneof![
        2 => Just(Server::Right),
        1 => Just(Server::MinuteFast),
        1 => Just(Server::MinuteSlow),
    ];
    let step = (what(), server).prop_map(|(what, server)| Step { what, server });
    (crowd(), prop::collection::vec(step, 1..most))
        .prop_map(|(crowd, steps)| [crowd, steps].concat())
}

/// Those who come to the first chat before anything else happens.
fn crowd() -> impl Strategy<Value = Story> {
    let chat = Which::Any(0);
    let comes = || {
        any::<bool>().prop_map(move |agent| {
            let role = if agent { Role::Agent } else { Role::CustomBot };
            let (contact, person) = (0, 50);
            let comes = [
                What::Invite(Of { chat, contact }, role),
                What::Join(At { chat, person }),
            ];
            comes.map(|what| Step {
                what,
                server: Server::Right,
            })
        })
    };
    let few = prop::collection::vec(comes(), 0..3);
    let many = prop::collection::vec(comes(), 5);
    prop_oneof![4 => few, 1 => many].prop_map(|crowd| crowd.concat())
}
