// The service's operations, as this page calls them: those of a backend signed, those of a participant with its token.

import { amzDate, authorization, sha256 } from "./signature.js";

/** The instance and the flow of the page's chats, and the flow that is the survey. */
const INSTANCE = "local";
const FLOW = "local";
const SURVEY = "survey";

/** The access key of the local server, which listens to this machine alone: elsewhere it belongs into a backend. */
const KEY = { id: "local", secret: "local", region: "us-east-1", service: "connect" };

/** How often a call that got no answer, or one that asks for a repetition, is made in all. */
const TRIES = 3;

/** A refusal in the service's own words. */
export class ServiceError extends Error {
  /** @param {string} type @param {string} message @param {number} status 0: there was no answer */
  constructor(type, message, status) {
    super(message);
    this.type = type;
    this.status = status;
  }
}

/** Starts a customer's chat; `past` names what it continues: {SourceContactId, RehydrationType}. */
export function startChat(customer, name, past) {
  const request = {
    InstanceId: INSTANCE,
    ContactFlowId: FLOW,
    CustomerId: customer,
    ParticipantDetails: { DisplayName: name },
    PersistentChat: past,
    ClientToken: crypto.randomUUID(),
  };
  return backend("PUT", "/contact/chat", request);
}

/** Invites somebody into a chat: AGENT or CUSTOM_BOT. */
export async function invite(contact, role, name) {
  const details = { ParticipantRole: role, DisplayName: name };
  const request = { ...at(contact), ParticipantDetails: details, ClientToken: crypto.randomUUID() };
  const invited = await backend("POST", "/contact/create-participant", request);
  return { id: invited.ParticipantId, token: invited.ParticipantCredentials.ParticipantToken };
}

/** Closes a contact and opens the session's next one, that of the survey. */
export function sendToSurvey(contact) {
  const request = { ...at(contact), ContactFlowId: SURVEY, ClientToken: crypto.randomUUID() };
  return backend("POST", "/contact/transfer", request);
}

/** Ends a chat from outside. */
export function stop(contact) {
  return backend("POST", "/contact/stop", at(contact));
}

/** What is known of a contact. */
export async function describe(contact) {
  const found = await backend("GET", `/contacts/${INSTANCE}/${encodeURIComponent(contact)}`);
  return found.Contact;
}

/** A page of a customer's chats, newest first. */
export function chatsOf(customer, nextToken) {
  const query = nextToken ? `?nextToken=${encodeURIComponent(nextToken)}` : "";
  return backend("GET", `/customers/${INSTANCE}/${encodeURIComponent(customer)}/chats${query}`);
}

/** Connects a participant, as often as is wanted. */
export async function connect(participantToken) {
  const request = { Type: ["WEBSOCKET", "CONNECTION_CREDENTIALS"] };
  const answer = await participant("connection", participantToken, request);
  const { Websocket: socket, ConnectionCredentials: credentials } = answer;
  return { token: credentials.ConnectionToken, url: socket.Url, until: socket.ConnectionExpiry };
}

/** A page of the transcript, from the newest item or from the token back, oldest first. */
export function transcript(token, nextToken) {
  const request = { ScanDirection: "BACKWARD", SortOrder: "ASCENDING", MaxResults: 15 };
  return participant("transcript", token, { ...request, NextToken: nextToken });
}

/** Says something. Called again with the same ClientToken, it is said once. */
export function sendMessage(token, content, clientToken = crypto.randomUUID()) {
  const request = { ContentType: "text/plain", Content: content, ClientToken: clientToken };
  return participant("message", token, request);
}

/** Tells of typing, or that a message has been delivered or read. */
export function sendEvent(token, event, messageId) {
  const request = {
    ContentType: `application/vnd.amazonaws.connect.event.${event}`,
    Content: messageId && JSON.stringify({ messageId }),
    ClientToken: crypto.randomUUID(),
  };
  return participant("event", token, request);
}

/** Leaves a chat; the customer's leaving ends it. */
export function leave(token) {
  return participant("disconnect", token, { ClientToken: crypto.randomUUID() });
}

function at(contact) {
  return { InstanceId: INSTANCE, ContactId: contact };
}

function participant(operation, token, request) {
  const headers = async () => ({ "content-type": "application/json", "x-amz-bearer": token });
  return call("POST", `/participant/${operation}`, headers, JSON.stringify(request));
}

function backend(method, path, request) {
  const url = new URL(path, location.origin);
  const body = request ? JSON.stringify(request) : "";
  const headers = async () => {
    const signed = {
      host: url.host,
      "x-amz-content-sha256": await sha256(body),
      "x-amz-date": amzDate(new Date()),
    };
    const proof = await authorization({ method, url, headers: signed, body }, KEY);
    // The browser itself says `host`.
    const { host: _, ...sent } = signed;
    return { ...sent, "content-type": "application/json", authorization: proof };
  };
  return call(method, path, headers, body);
}

/** Makes a call; repeats it where that may help, which its ClientToken makes safe. */
async function call(method, path, headers, body) {
  for (let tries = 1; ; tries += 1) {
    try {
      return await once(method, path, await headers(), body || undefined);
    } catch (error) {
      const helps = error.status === 0 || error.status === 429 || error.status >= 500;
      if (!helps || tries === TRIES) {
        throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, 200 * tries));
    }
  }
}

async function once(method, path, headers, body) {
  let answer;
  let text;
  try {
    answer = await fetch(path, { method, headers, body, cache: "no-store", credentials: "omit" });
    text = await answer.text();
  } catch {
    throw new ServiceError("No answer", "The service cannot be reached. Is it running?", 0);
  }
  const said = parsed(text);
  if (answer.ok) {
    return said;
  }
  const type = said.__type ?? answer.headers.get("x-amzn-errortype") ?? `HTTP ${answer.status}`;
  throw new ServiceError(type, said.message ?? said.Message ?? answer.statusText, answer.status);
}

function parsed(text) {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}
