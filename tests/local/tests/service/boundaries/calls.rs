//! Each operation's calls, from every beginning in which it takes another way to the stores.

use api::Operation;
use domain::seconds;
use serde_json::{Value, json};

use super::begin::{
    ENTIRE, SEGMENT, abandoned, accompanied, continued, due, ended, ended_and_changed, janes,
    next_token, said, start_once,
};
use super::sockets::listens;
use super::{Case, Deed, case};
use crate::stage::{
    Chat, INSTANCE, Request, UUID_4, association, at, attributes_of, connection, continuing,
    describe, encoded, event, message, start, stop, transcript, transfer, typing, update,
};

/// The cases of an operation: one that is new has none until they are written here.
pub(super) fn of(operation: Operation) -> Vec<Case> {
    use Operation as O;
    match operation {
        O::StartChatContact => starts(),
        O::StopContact => vec![
            case("stop a chat", |world| {
                call(stop(&accompanied(world).0.contact))
            }),
            case("stop an ended chat", |world| {
                call(stop(&ended(world).contact))
            }),
            case("stop a chat whose time has passed", |world| {
                call(stop(&due(world).contact))
            }),
            case("stop what is not there", |_| call(stop(NOBODY))),
        ],
        O::TransferContact => vec![
            case("transfer to a queue", |world| {
                transfer_once(&accompanied(world).0, &json!({"QueueId": "queue"}))
            }),
            case("transfer to the survey", |world| {
                transfer_once(&continued(world), &json!({"ContactFlowId": "survey"}))
            }),
            case("transfer a chat whose time has passed", |world| {
                transfer_once(&due(world), &json!({}))
            }),
        ],
        O::CreateParticipant => vec![
            case("invite an agent", |world| {
                invite(&janes(world, &json!({})), "AGENT")
            }),
            case("invite a supervisor to a chat of two", |world| {
                invite(&accompanied(world).0, "SUPERVISOR")
            }),
            case("invite to a chat whose time has passed", |world| {
                invite(&due(world), "AGENT")
            }),
        ],
        O::DescribeContact => vec![
            case("describe a running chat", |world| {
                call(describe(&continued(world).contact))
            }),
            case("describe an ended chat", |world| {
                call(describe(&ended_and_changed(world).contact))
            }),
            case("describe a later contact", |world| {
                let jane = accompanied(world).0;
                let second = world.transferred(&jane);
                call(describe(&second))
            }),
            case("describe what is not there", |_| call(describe(NOBODY))),
        ],
        O::GetContactAttributes => vec![
            case("attributes of a running chat", |world| {
                let (jane, _) = accompanied(world);
                world.takes(update(&jane.contact, &json!({"order": "4712"})));
                world.takes(message(&jane, "so it is"));
                call(attributes_of(&jane.contact))
            }),
            case("attributes of an ended chat", |world| {
                call(attributes_of(&ended_and_changed(world).contact))
            }),
        ],
        O::UpdateContactAttributes => vec![
            case("change attributes", |world| {
                call(update(&accompanied(world).0.contact, &changes()))
            }),
            case("change attributes of an ended chat", |world| {
                call(update(&ended_and_changed(world).contact, &changes()))
            }),
            case(
                "change attributes of a chat whose time has passed",
                |world| call(update(&due(world).contact, &changes())),
            ),
            case("change nothing", |world| {
                let jane = accompanied(world).0;
                call(update(&jane.contact, &json!({"order": "4711"})))
            }),
        ],
        O::CreatePersistentContactAssociation => vec![
            case("associate an ended chat", |world| {
                let (source, jane) = (ended(world), janes(world, &changed()));
                call(association(&jane.contact, &source.contact, SEGMENT))
            }),
            case("associate a chat with a past", |world| {
                let (source, jane) = (ended_and_changed(world), janes(world, &changed()));
                call(association(&jane.contact, &source.contact, ENTIRE))
            }),
            case("associate a source whose time has passed", |world| {
                let (source, jane) = (due(world), janes(world, &json!({})));
                call(association(&jane.contact, &source.contact, ENTIRE))
            }),
            case("associate a chat that goes on", |world| {
                let (source, jane) = (janes(world, &json!({})), janes(world, &json!({})));
                call(association(&jane.contact, &source.contact, ENTIRE))
            }),
            case("associate again", |world| {
                let (source, jane) = (ended(world), janes(world, &json!({})));
                let request = association(&jane.contact, &source.contact, ENTIRE);
                world.takes(request.clone());
                call(request)
            }),
        ],
        O::ListCustomerChats => vec![
            case("list chats", |world| {
                continued(world);
                due(world);
                call(list("maxResults=25"))
            }),
            case("list more chats", |world| {
                continued(world);
                let page = world.takes(list("maxResults=1"));
                let token = encoded(&at(&page, "NextToken"));
                call(list(&format!("nextToken={token}")))
            }),
        ],
        O::ExportTranscript => vec![
            case("export a contact", |world| {
                call(export(&ended(world).contact, ""))
            }),
            case("export the rest", |world| {
                let jane = ended(world);
                let part = world.takes(export(&jane.contact, "maxResults=2"));
                let token = encoded(&at(&part, "NextToken"));
                call(export(&jane.contact, &format!("nextToken={token}")))
            }),
            case("export a contact in which nothing stands", |world| {
                let jane = accompanied(world).0;
                let second = world.transferred(&jane);
                call(export(&second, ""))
            }),
        ],
        O::CreateParticipantConnection => vec![
            case("connect for the first time", |world| {
                let members = json!({"CustomerId": "jane"});
                let jane = Chat::started(&world.takes(start(&members).signed()));
                call(connection(&jane.participant_token))
            }),
            case("connect an agent", |world| {
                let jane = janes(world, &json!({}));
                let ann = world.invited(&jane, "AGENT", "Ann");
                call(connection(&ann.participant_token))
            }),
            case("connect again", |world| {
                call(connection(&accompanied(world).0.participant_token))
            }),
            case("connect too late", |world| {
                call(connection(&abandoned(world).participant_token))
            }),
        ],
        O::GetTranscript => transcripts(),
        O::SendMessage => vec![
            case("send a message", |world| say_once(&accompanied(world).0)),
            case("send a message after many", |world| {
                let jane = continued(world);
                for n in 0..40 {
                    world.takes(message(&jane, &n.to_string()));
                }
                say_once(&jane)
            }),
            case("send a message when the time has passed", |world| {
                say_once(&due(world))
            }),
            case("send a message after the end", |world| {
                say_once(&ended(world))
            }),
        ],
        O::SendEvent => events(),
        O::DisconnectParticipant => vec![
            case("leave", |world| leave_once(&continued(world))),
            case("leave to the survey", |world| {
                leave_once(&accompanied(world).0)
            }),
            case("an agent leaves", |world| leave_once(&accompanied(world).1)),
            case("leave when the time has passed", |world| {
                leave_once(&due(world))
            }),
        ],
    }
}

const NOBODY: &str = "00000000-0000-8000-8000-000000000000";

fn call(request: Request) -> Deed {
    Deed::Call(request)
}

fn changes() -> Value {
    json!({"order": "4713", "late": "", "new": "key"})
}

fn changed() -> Value {
    json!({"Attributes": changes()})
}

fn starts() -> Vec<Case> {
    vec![
        case("start a chat for a customer", |_| {
            call(start_once(&json!({"CustomerId": "jane"})).signed())
        }),
        case("somebody unknown starts a chat", |_| {
            call(start_once(&json!({})))
        }),
        case(
            "a customer starts a chat by a widget, and says something",
            |_| {
                let initial = json!({"ContentType": "text/plain", "Content": "hello"});
                let request = start_once(&json!({"InitialMessage": initial}));
                call(request.of_widget().claims(&[("sub", "jane")]))
            },
        ),
        case("start a chat, connected", |_| {
            let types = json!(["WEBSOCKET", "CONNECTION_CREDENTIALS"]);
            let members = json!({"ConnectionTypes": types, "CustomerId": "jane"});
            call(start_once(&members).signed())
        }),
        case("continue a contact", |world| {
            let source = ended(world);
            call(start_once(&continuing(&source.contact, SEGMENT)).signed())
        }),
        case("continue a whole chat with a past", |world| {
            let source = ended_and_changed(world);
            call(start_once(&continuing(&source.contact, ENTIRE)).signed())
        }),
        case("continue a chat whose time has passed", |world| {
            let source = due(world);
            call(start_once(&continuing(&source.contact, ENTIRE)).signed())
        }),
        case("continue a chat that nobody came to", |world| {
            let source = abandoned(world);
            call(start_once(&continuing(&source.contact, SEGMENT)).signed())
        }),
        case("continue a chat that goes on", |world| {
            let source = janes(world, &json!({}));
            call(start_once(&continuing(&source.contact, ENTIRE)).signed())
        }),
        case("continue a stranger's chat", |world| {
            let source = ended(world);
            let request = start_once(&continuing(&source.contact, SEGMENT));
            call(request.claims(&[("sub", "john")]))
        }),
    ]
}

fn transcripts() -> Vec<Case> {
    vec![
        case("read the newest", |world| {
            page(&accompanied(world).0, &json!({"MaxResults": 2}))
        }),
        case("read the newest and on into the past", |world| {
            page(&continued(world), &json!({"MaxResults": 100}))
        }),
        case("read on into the past", |world| {
            let jane = continued(world);
            let token = next_token(world, &jane, &json!({"MaxResults": 1}));
            page(&jane, &json!({"NextToken": token, "MaxResults": 100}))
        }),
        case("read on within the past", |world| {
            let jane = continued(world);
            let present = json!({"ScanDirection": "BACKWARD", "StartPosition": {"MostRecent": 1}});
            let border = next_token(world, &jane, &present);
            let members = json!({"NextToken": border, "MaxResults": 3});
            let token = next_token(world, &jane, &members);
            page(&jane, &json!({"NextToken": token, "MaxResults": 3}))
        }),
        case("read forward from an item", |world| {
            let (jane, ann) = accompanied(world);
            let id = said(world, &jane);
            world.takes(message(&ann, "I see"));
            page(
                &jane,
                &json!({"ScanDirection": "FORWARD", "StartPosition": {"Id": id}}),
            )
        }),
        case("read from a time", |world| {
            let (jane, _) = accompanied(world);
            let time = api::iso(world.now());
            page(&jane, &json!({"StartPosition": {"AbsoluteTime": time}}))
        }),
        case("read from the third newest", |world| {
            let jane = accompanied(world).0;
            page(&jane, &json!({"StartPosition": {"MostRecent": 3}}))
        }),
        case("read one contact of two", |world| {
            let (jane, _) = accompanied(world);
            let second = world.transferred(&jane);
            world.takes(message(&jane, "with this"));
            page(&jane, &json!({"ContactId": second}))
        }),
        case("read when the time has passed", |world| {
            page(&due(world), &json!({}))
        }),
        case("read after the end", |world| {
            page(&ended(world), &json!({}))
        }),
    ]
}

fn events() -> Vec<Case> {
    vec![
        case("type", |world| {
            let (jane, ann) = accompanied(world);
            listens(world, &ann, "anns");
            call(typing(&jane))
        }),
        case("type to a WebSocket that is gone", |world| {
            let (jane, ann) = accompanied(world);
            let anns = listens(world, &ann, "anns");
            world.service.log.gateway.cut(&anns);
            call(typing(&jane))
        }),
        case("say that a message was read", |world| {
            let (jane, ann) = accompanied(world);
            listens(world, &jane, "hers");
            let id = said(world, &jane);
            call(event(&ann, "message.read", Some(&id)))
        }),
        case("say so again", |world| {
            let (jane, ann) = accompanied(world);
            let id = said(world, &jane);
            let request = event(&ann, "message.delivered", Some(&id));
            world.takes(request.clone());
            world.pass(seconds(1));
            call(request)
        }),
        case("say so when the chat is over", |world| {
            let (jane, ann) = accompanied(world);
            let id = said(world, &jane);
            world.takes(stop(&jane.contact));
            call(event(&ann, "message.delivered", Some(&id)))
        }),
        case("acknowledge a connection", |world| {
            let (jane, _) = accompanied(world);
            call(event(&jane, "connection.acknowledged", None))
        }),
        case("type when the time has passed", |world| {
            call(typing(&due(world)))
        }),
    ]
}

fn transfer_once(chat: &Chat, members: &Value) -> Deed {
    let mut members = members.clone();
    members["ClientToken"] = json!(UUID_4);
    call(transfer(&chat.contact, &members))
}

fn invite(chat: &Chat, role: &str) -> Deed {
    let details = json!({"ParticipantRole": role, "DisplayName": "Bob"});
    let body = json!({
        "InstanceId": INSTANCE, "ContactId": chat.contact, "ParticipantDetails": details,
        "ClientToken": UUID_4,
    });
    call(Request::new(Operation::CreateParticipant, &body).signed())
}

fn list(query: &str) -> Request {
    let list = Request::to(Operation::ListCustomerChats, &[INSTANCE, "jane"]);
    list.query(query).signed()
}

fn export(contact: &str, query: &str) -> Request {
    let export = Request::to(Operation::ExportTranscript, &[INSTANCE, contact]);
    export.query(query).signed()
}

fn page(reader: &Chat, members: &Value) -> Deed {
    call(transcript(reader, members))
}

fn say_once(chat: &Chat) -> Deed {
    let body = json!({"ContentType": "text/plain", "Content": "once", "ClientToken": UUID_4});
    let request = Request::new(Operation::SendMessage, &body);
    call(request.bearer(&chat.connection_token))
}

fn leave_once(chat: &Chat) -> Deed {
    let body = json!({"ClientToken": UUID_4});
    let request = Request::new(Operation::DisconnectParticipant, &body);
    call(request.bearer(&chat.connection_token))
}
