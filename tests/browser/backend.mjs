// A backend's calls, signed, and bare participant calls: what stands behind the clients under test.

import { amzDate, authorization, sha256 } from "../local/page/signature.js";

const KEY = {
  id: process.env.CHAT_ACCESS_KEY_ID ?? "local",
  secret: process.env.CHAT_SECRET_ACCESS_KEY ?? "local",
  region: "us-east-1",
  service: "connect",
};
const INSTANCE = "local";

export class Backend {
  constructor(url) {
    this.url = url;
  }

  /** Starts a chat; `past` continues one: {SourceContactId, RehydrationType}. */
  start(name = "Jane", past = undefined, more = {}) {
    return this.#signed("PUT", "/contact/chat", {
      InstanceId: INSTANCE,
      ContactFlowId: "local",
      ParticipantDetails: { DisplayName: name },
      PersistentChat: past,
      ...more,
    });
  }

  /** Invites an agent; gives what StartChatContact gives of a customer. */
  async invite(contact, name = "Alex") {
    const invited = await this.#signed("POST", "/contact/create-participant", {
      InstanceId: INSTANCE,
      ContactId: contact,
      ParticipantDetails: { ParticipantRole: "AGENT", DisplayName: name },
    });
    const { ParticipantToken } = invited.ParticipantCredentials;
    return { ContactId: contact, ParticipantId: invited.ParticipantId, ParticipantToken };
  }

  transfer(contact) {
    const request = { InstanceId: INSTANCE, ContactId: contact, ContactFlowId: "survey" };
    return this.#signed("POST", "/contact/transfer", request);
  }

  stop(contact) {
    return this.#signed("POST", "/contact/stop", { InstanceId: INSTANCE, ContactId: contact });
  }

  associate(contact, source, type) {
    const path = `/contact/persistent-contact-association/${INSTANCE}/${contact}`;
    return this.#signed("POST", path, { SourceContactId: source, RehydrationType: type });
  }

  /** A participant's call, without any library. */
  async participant(operation, token, request = {}) {
    const headers = { "content-type": "application/json", "x-amz-bearer": token };
    return this.#fetch("POST", `/participant/${operation}`, headers, JSON.stringify(request));
  }

  /** The whole transcript that a participant can read, oldest first. */
  async transcript(participantToken) {
    const types = { Type: ["CONNECTION_CREDENTIALS"] };
    const { ConnectionCredentials: credentials } = await this.participant("connection", participantToken, types);
    let items = [];
    let NextToken;
    do {
      const ask = { MaxResults: 100, ScanDirection: "BACKWARD", SortOrder: "ASCENDING", NextToken };
      const page = await this.participant("transcript", credentials.ConnectionToken, ask);
      items = [...page.Transcript, ...items];
      NextToken = page.NextToken;
    } while (NextToken);
    return items;
  }

  async #signed(method, path, request) {
    const url = new URL(path, this.url);
    const body = JSON.stringify(request);
    const headers = {
      host: url.host,
      "x-amz-content-sha256": await sha256(body),
      "x-amz-date": amzDate(new Date()),
    };
    const proof = await authorization({ method, url, headers, body }, KEY);
    return this.#fetch(method, path, { ...headers, authorization: proof }, body);
  }

  async #fetch(method, path, headers, body) {
    const answer = await fetch(new URL(path, this.url), { method, headers, body });
    const said = await answer.json();
    if (!answer.ok) {
      throw Object.assign(new Error(said.message), { type: said.__type, status: answer.status });
    }
    return said;
  }
}
