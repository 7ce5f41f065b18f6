// The page: a customer and an agent side by side, and what can be done at each moment of their chat.

import { Chats } from "./chats.js";
import * as memory from "./memory.js";
import { isShown, Pane } from "./pane.js";
import * as service from "./service.js";

const GUIDE = {
  none: "You play both sides. Start a chat as the customer.",
  alone: "The chat is running. Join it as the agent.",
  continued: "This chat continues the earlier one: its past is above, to scroll through. Join as the agent, who sees it too.",
  talking: "Write on both sides. Then send the customer to the survey, or end the chat.",
  survey: "The agent has left, and a survey asks. Answer as the customer, then end the chat.",
  left: "The agent has left, and the chat goes on. Join again, or end it as the customer.",
  ended: "The chat has ended, and can be continued: as a whole, or without its survey.",
};

const QUESTION = "How was this chat? Please answer with one to five stars.";

const part = (id) => document.getElementById(id);
const customer = memory.customer();

/**
 * The chat on this page.
 * `phase`: none, active, ended. `contact`: the session's latest. `initial`: its first. `step`: of the guide.
 */
let chat = { phase: "none", step: "none" };

const sides = {
  customer: new Pane(part("customer"), "CUSTOMER", { items: followContact, ended: finish }),
  agent: new Pane(part("agent"), "AGENT", { items: followContact, ended: finish }),
};

const chats = new Chats(part("chats"), customer, {
  whole: (past) => act("customer", () => continueWhole(past.InitialContactId)),
  before: (past) => act("customer", () => continueBeforeSurvey(past.ContactId)),
  try: (past) => act("customer", () => continueWhole(past.InitialContactId)),
  stop: (past) => act("chats", () => stopOther(past.ContactId)),
});

const DOES = {
  start: () => begin(),
  end: () => sides.customer.leave(),
  try: () => continueWhole(chat.initial),
  whole: () => continueWhole(chat.initial),
  before: () => continueBeforeSurvey(chat.contact),
  join,
  survey: sendToSurvey,
  stop: () => service.stop(chat.contact),
  leave: agentLeaves,
};

/** Starts a chat, or continues `past`, and enters it as the customer. */
async function begin(past) {
  const started = await service.startChat(customer, sides.customer.name, past);
  sides.agent.close("none");
  sides.agent.clear();
  chat = {
    phase: "active",
    step: past ? "continued" : "alone",
    contact: started.ContactId,
    initial: started.ContactId,
    customer: { id: started.ParticipantId, token: started.ParticipantToken },
  };
  await enter();
}

async function enter() {
  await sides.customer.open(chat.customer);
  show();
  chats.show(chat.initial);
}

function continueWhole(initial) {
  return begin({ SourceContactId: initial, RehydrationType: "ENTIRE_PAST_SESSION" });
}

/** Continues from the contact that the survey followed; without one, from the last contact itself. */
async function continueBeforeSurvey(last) {
  let source = last;
  for (;;) {
    const contact = await service.describe(source);
    if (contact.InitiationMethod !== "DISCONNECT" || !contact.PreviousContactId) {
      break;
    }
    source = contact.PreviousContactId;
  }
  await begin({ SourceContactId: source, RehydrationType: "FROM_SEGMENT" });
}

async function join() {
  const agent = await service.invite(chat.contact, "AGENT", sides.agent.name);
  await sides.agent.open(agent);
  chat.agent = agent;
  chat.step = "talking";
  show();
}

async function agentLeaves() {
  await sides.agent.leave();
  sides.agent.close("left");
  chat.agent = undefined;
  chat.step = "left";
  show();
}

/** As where Connect's agents end a chat that has a disconnect flow: the customer stays, and is asked. */
async function sendToSurvey() {
  await agentLeaves();
  const { ContactId } = await service.sendToSurvey(chat.contact);
  chat.contact = ContactId;
  chat.step = "survey";
  show();
  const bot = await service.invite(ContactId, "CUSTOM_BOT", "Survey");
  const { token } = await service.connect(bot.token);
  await service.sendMessage(token, QUESTION);
}

/** Ends a chat that some other page has left running. */
async function stopOther(contact) {
  await service.stop(contact);
  await chats.show(chat.phase === "active" ? chat.initial : undefined);
}

/** The service has said that the chat is over. */
function finish() {
  if (chat.phase !== "active") {
    return;
  }
  chat = { ...chat, phase: "ended", step: "ended", agent: undefined };
  const inCustomer = sides.customer.hasFocus;
  const inAgent = sides.agent.hasFocus;
  sides.customer.close("ended");
  sides.agent.close("ended");
  show();
  if (inCustomer || inAgent) {
    (inCustomer ? sides.customer : sides.agent).focus();
  }
  chats.show();
}

/** A transfer by whomever moves the chat to another contact, which its items name. */
function followContact(items) {
  for (const item of items) {
    if (item.ContactId && item.AbsoluteTime >= (chat.seen ?? "")) {
      chat.seen = item.AbsoluteTime;
      chat.contact = item.ContactId;
    }
  }
}

/** Shows what can be done now, and says so. */
function show() {
  const active = chat.phase === "active";
  part("guide").textContent = GUIDE[chat.step];
  sides.customer.moment = chat.phase;
  sides.agent.moment = !active ? "none" : sides.agent.isOpen ? "joined" : "absent";
  sides.customer.empty = chat.phase === "none" ? "Start a chat, or continue a past one." : "";
  sides.agent.empty = chat.phase === "none" ? "Nobody to talk to yet." : active ? "A customer is waiting." : "";
  memory.keepChat(active ? chat : undefined);
}

let busy = false;

/** Does one thing at a time for a side; what the service refuses is said there. */
async function act(side, task) {
  if (busy) {
    return;
  }
  busy = true;
  const pane = sides[side];
  const { contact } = chat;
  const trigger = document.activeElement;
  document.body.setAttribute("aria-busy", "true");
  try {
    (pane ?? chats).say();
    await task();
    // Whoever has gone elsewhere meanwhile is left there.
    const at = document.activeElement;
    const waits = at === trigger || at === document.body || !isShown(at);
    if (pane && waits && (chat.contact !== contact || !pane.hasFocus)) {
      pane.focus();
    }
  } catch (error) {
    (pane ?? chats).say(error);
    show();
  } finally {
    busy = false;
    document.body.removeAttribute("aria-busy");
  }
}

for (const button of document.querySelectorAll("button[data-do]")) {
  const side = button.closest("section").id;
  button.onclick = () => act(side, DOES[button.dataset.do]);
}

const names = memory.names();
for (const [side, pane] of Object.entries(sides)) {
  pane.name = names[side] ?? pane.name;
  pane.onName(() => memory.keepNames({ customer: sides.customer.name, agent: sides.agent.name }));
}

/** A chat that ran when the page was left goes on, with the tokens that it had. */
async function resume(kept) {
  chat = kept;
  try {
    await sides.customer.open(kept.customer);
    if (kept.agent) {
      await sides.agent.open(kept.agent);
    }
  } catch (error) {
    if (error.status !== 403) {
      throw error;
    }
    // It has ended meanwhile; so has what this page knew of it, but for the ways to continue it.
    finish();
  }
  show();
  chats.show(chat.phase === "active" ? chat.initial : undefined);
}

const kept = memory.chat();
show();
if (kept) {
  act("customer", () => resume(kept));
} else {
  chats.show();
}
