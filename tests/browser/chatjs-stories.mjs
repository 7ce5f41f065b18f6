// Stories told with amazon-connect-chatjs 5.0.0, unmodified: the same in Chromium and in Node.
//
// A teller opens sessions: `open(details)` gives one with `call(name, request)` and `events(name)`; `calls(path)` tells how
// often the library has called the service; `wire` is what WebSockets go through.

import assert from "node:assert/strict";

import { until } from "./stage.mjs";

const EVENT = "application/vnd.amazonaws.connect.event.";

/** Calls the library, and expects no refusal. */
async function done(session, name, request) {
  const { data, refused } = await session.call(name, request);
  assert.equal(refused, undefined, `${name}: ${JSON.stringify(refused)}`);
  return data;
}

export async function established(session, times = 1) {
  const enough = async () => (await session.events("onConnectionEstablished")).length >= times;
  await until(enough, "the connection is established", 20_000);
}

/** Connects, and waits until what is said is pushed: the first event tells of the call, the second of the socket. */
export async function connected(session) {
  await done(session, "connect");
  await established(session, 2);
}

export const say = (session, message) => done(session, "sendMessage", { message, contentType: "text/plain" });

export const contents = async (session) => (await session.events("onMessage")).map(({ Content }) => Content).filter(Boolean);

async function hears(session, content) {
  await until(async () => (await contents(session)).includes(content), `${content} is heard`);
}

/** A customer and an agent, both connected. */
export async function company(teller, past) {
  const started = await teller.backend.start("Jane", past);
  const customer = await teller.open(started);
  await connected(customer);
  const invited = await teller.backend.invite(started.ContactId);
  const agent = await teller.open({
    ...invited,
    ContactId: `agent-of-${started.ContactId}`,
    InitialContactId: started.ContactId,
  });
  await connected(agent);
  return { started, invited, customer, agent, contact: started.ContactId };
}

/** Every item that the library can read, oldest first. */
export async function readAll(session, maxResults = 15) {
  let items = [];
  let nextToken;
  do {
    const page = await done(session, "getTranscript", {
      maxResults,
      scanDirection: "BACKWARD",
      sortOrder: "ASCENDING",
      ...(nextToken && { nextToken }),
    });
    items = [...page.Transcript, ...items];
    nextToken = page.NextToken;
  } while (nextToken);
  return items;
}

export const STORIES = {
  async "a whole chat, ended, and continued both ways"(teller) {
    const { customer, agent, contact } = await company(teller);
    const sent = await say(customer, "My parcel has not come.");
    await hears(agent, "My parcel has not come.");
    await say(agent, "I am sorry.");
    await hears(customer, "I am sorry.");
    await hears(customer, "My parcel has not come.");
    const echo = (await customer.events("onMessage")).filter(({ Id }) => Id === sent.Id);
    assert.deepEqual(
      new Set(echo.map(({ AbsoluteTime }) => AbsoluteTime)),
      new Set([sent.AbsoluteTime]),
      "the sender hears himself, under the id that he was given; perhaps again",
    );
    await done(agent, "sendEvent", { contentType: `${EVENT}typing` });
    await until(async () => (await customer.events("onTyping")).length === 1, "typing is told");
    assert.equal((await agent.events("onTyping")).length, 0, "not to the one who types");

    const active = { SourceContactId: contact, RehydrationType: "ENTIRE_PAST_SESSION" };
    await assert.rejects(teller.backend.start("Jane", active), { type: "InvalidRequestException" });
    const survey = await teller.backend.transfer(contact);
    await say(customer, "Five stars");
    await hears(agent, "Five stars");
    const stars = (await agent.events("onMessage")).find(({ Content }) => Content === "Five stars");
    assert.equal(stars.ContactId, survey.ContactId);
    assert.equal(stars.InitialContactId, contact);
    await done(agent, "disconnectParticipant");
    await until(async () => (await customer.events("onMessage")).some((item) => item.ContentType === `${EVENT}participant.left`), "the agent has left");
    assert.equal((await customer.events("onEnded")).length, 0);
    await done(customer, "disconnectParticipant");
    await until(async () => (await customer.events("onEnded")).length === 1, "the end is told to the one who ended it");
    assert.equal((await customer.events("onConnectionBroken")).length, 0);

    for (const [type, source, hasSurvey] of [
      ["ENTIRE_PAST_SESSION", contact, true],
      ["FROM_SEGMENT", contact, false],
    ]) {
      const again = await teller.backend.start("Jane", { SourceContactId: source, RehydrationType: type });
      assert.equal(again.ContinuedFromContactId, hasSurvey ? survey.ContactId : contact);
      const next = await teller.open(again);
      await connected(next);
      const items = await readAll(next);
      const past = items.filter((item) => item.RelatedContactId);
      assert.ok(past.some(({ Content }) => Content === "My parcel has not come."));
      assert.equal(past.some(({ Content }) => Content === "Five stars"), hasSurvey);
      assert.ok(items.every((item) => Boolean(item.ContactId) !== Boolean(item.RelatedContactId)));
      const times = items.map(({ AbsoluteTime }) => AbsoluteTime);
      assert.deepEqual(times, [...times].sort());
      assert.equal(new Set(items.map(({ Id }) => Id)).size, items.length);
      assert.equal((await next.events("onEnded")).length, 0, "the past's end is not this chat's");
      await say(next, "here again");
      await hears(next, "here again");
      await done(next, "disconnectParticipant");
      await until(async () => (await next.events("onEnded")).length === 1, "ended");
    }
  },

  async "trap 2: receipts with one constant ClientToken are all kept, and told"(teller) {
    const { customer, agent, started } = await company(teller);
    const sent = [];
    for (const text of ["one", "two", "three"]) {
      sent.push(await say(customer, text));
      await hears(agent, text);
    }
    for (const { Id: messageId } of sent) {
      const content = JSON.stringify({ messageId, disableThrottle: true });
      // One after the other: the library drops what it is asked for within 300 ms.
      await done(agent, "sendEvent", { contentType: `${EVENT}message.delivered`, content });
      await done(agent, "sendEvent", { contentType: `${EVENT}message.read`, content });
    }
    await until(async () => (await customer.events("onReadReceipt")).length === 3, "three are read");
    const told = (await customer.events("onReadReceipt")).map(({ MessageMetadata }) => MessageMetadata.MessageId);
    assert.deepEqual(told, sent.map(({ Id }) => Id));
    assert.equal((await agent.events("onReadReceipt")).length, 0);
    const items = await teller.backend.transcript(started.ParticipantToken);
    for (const { Id } of sent) {
      const { Receipts } = items.find((item) => item.Id === Id).MessageMetadata;
      assert.equal(Receipts.length, 1);
      assert.ok(Receipts[0].ReadTimestamp && Receipts[0].DeliveredTimestamp);
    }
  },

  async "trap 3: an empty StartPosition, which the library always sends, is none"(teller) {
    const { customer } = await company(teller);
    for (const request of [{}, { startPosition: {} }, { maxResults: 1, startPosition: {} }]) {
      const page = await done(customer, "getTranscript", request);
      assert.ok(page.Transcript.length > 0);
    }
  },

  async "trap 8: that a chat ended behind a lost socket is told as its end"(teller) {
    const { customer, contact, started } = await company(teller);
    teller.wire.break();
    await until(async () => (await customer.events("onConnectionLost")).length > 0, "the loss is noticed", 30_000);
    await teller.backend.stop(contact);
    teller.wire.mend();
    await until(async () => (await customer.events("onEnded")).length === 1, "the end is told", 60_000);
    const gone = await teller.open({ ...started, ContactId: `again-${contact}` });
    const { refused } = await gone.call("connect");
    assert.match(JSON.stringify(refused), /AccessDenied|403/);
  },

  async "a refreshed page goes on with the participant token that it kept"(teller) {
    const { customer, agent, started, contact } = await company(teller);
    await say(customer, "before");
    await hears(agent, "before");
    const again = await teller.open({
      ...started,
      ContactId: `refreshed-${contact}`,
      InitialContactId: contact,
    });
    await connected(again);
    const items = await readAll(again);
    assert.equal(items.filter(({ Content }) => Content === "before").length, 1);
    assert.ok(items.every((item) => !item.RelatedContactId));
    await say(agent, "still here");
    await hears(again, "still here");
  },

  async "a past associated with a running chat is announced"(teller) {
    const first = await company(teller);
    await say(first.customer, "long ago");
    await done(first.customer, "disconnectParticipant");
    await until(async () => (await first.customer.events("onEnded")).length === 1, "ended");
    const { customer, contact } = await company(teller);
    await teller.backend.associate(contact, first.contact, "ENTIRE_PAST_SESSION");
    await until(async () => (await customer.events("onChatRehydrated")).length > 0, "it is told");
    const items = await readAll(customer);
    assert.ok(items.some((item) => item.RelatedContactId && item.Content === "long ago"));
  },

  async "traps 10 and 11: a connected client does not ask for connections again and again"(teller) {
    const before = teller.calls("/participant/connection");
    const { customer, agent } = await company(teller);
    await say(customer, "hello");
    await hears(agent, "hello");
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    assert.equal(teller.calls("/participant/connection") - before, 2);
    assert.equal((await customer.events("onDeepHeartbeatFailure")).length, 0);
    assert.ok((await customer.events("onDeepHeartbeatSuccess")).length > 0);
  },

  async "a heartbeat keeps the connection"(teller) {
    const { customer, agent } = await company(teller);
    // Pings and heartbeats go every 10 seconds, and must be answered within as many.
    await new Promise((resolve) => setTimeout(resolve, 24_000));
    for (const session of [customer, agent]) {
      assert.equal((await session.events("onConnectionLost")).length, 0);
      assert.equal((await session.events("onDeepHeartbeatFailure")).length, 0);
    }
    await say(customer, "still there");
    await hears(agent, "still there");
  },
};
