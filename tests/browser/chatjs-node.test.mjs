// amazon-connect-chatjs 5.0.0 in Node: the stories, lost sockets, a restarted server, and many chats at once.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";

import WebSocket from "ws";

import { nodeTeller } from "./chatjs-node.mjs";
import { company, connected, contents, readAll, say, STORIES } from "./chatjs-stories.mjs";
import { startServer } from "./server.mjs";
import { until } from "./stage.mjs";

describe("stories", { concurrency: false }, () => {
  let teller;
  before(async () => (teller = await nodeTeller()));
  after(() => teller?.stop());
  for (const [name, story] of Object.entries(STORIES)) {
    test(name, () => story(teller));
  }

  test("trap 9: of a frame its first JSON value is read, and what follows is not", async () => {
    const { ParticipantToken } = await teller.backend.start();
    const { Websocket } = await teller.backend.participant("connection", ParticipantToken, {
      Type: ["WEBSOCKET", "CONNECTION_CREDENTIALS"],
    });
    const socket = new WebSocket(Websocket.Url);
    const frames = [];
    socket.on("message", (text) => frames.push(JSON.parse(text)));
    await new Promise((resolve, reject) => socket.on("open", resolve).on("error", reject));
    // As the iOS SDK 2.0.13 sends it.
    socket.send('{"topic": "aws/subscribe", "content": {"topics": ["aws/chat"]}})');
    // News may come before it.
    const answer = () => frames.find(({ topic }) => topic === "aws/subscribe");
    await until(async () => answer(), "an answer");
    assert.deepEqual(answer(), {
      topic: "aws/subscribe",
      content: { status: "success", topics: ["aws/chat"] },
    });
    socket.close();
  });
});

/** How soon the library is to be connected anew, in milliseconds. */
const RECONNECTED_WITHIN = 15_000;

/** What a user interface does that wants to miss nothing: it reads the transcript whenever it is connected anew. */
function reader(session) {
  const items = new Map();
  let seen = 0;
  let reads = Promise.resolve();
  const timer = setInterval(() => {
    for (; seen < session.recorded.length; seen += 1) {
      const { name, data } = session.recorded[seen];
      if (name === "onMessage" && data.Type === "MESSAGE") {
        items.set(data.Id, data.Content);
      } else if (name === "onConnectionEstablished") {
        reads = reads.then(async () => {
          for (const item of await readAll(session, 100)) {
            if (item.Type === "MESSAGE") {
              items.set(item.Id, item.Content);
            }
          }
        });
      }
    }
  }, 20);
  return { items, settled: () => reads, stop: () => clearInterval(timer) };
}

test("500 messages, the sockets cut after every 25th: none lost, none doubled, on either side", async (t) => {
  const teller = await nodeTeller();
  t.after(() => teller.stop());
  const { customer, agent, started } = await company(teller);
  const sessions = [customer, agent];
  const readers = sessions.map(reader);
  /** How long it took to be connected anew, in milliseconds. */
  const took = [];
  const anew = (session, since) =>
    session.recorded.find(({ name, at }) => name === "onConnectionEstablished" && at > since)?.at;
  let cutAt;
  const reconnected = async () => {
    const all = async () => sessions.every((session) => anew(session, cutAt));
    await until(all, "both are connected anew", RECONNECTED_WITHIN);
    took.push(...sessions.map((session) => anew(session, cutAt) - cutAt));
  };
  const expected = [];
  for (let number = 1; number <= 500; number += 1) {
    const text = `message ${number}`;
    expected.push(text);
    await say(number % 2 ? customer : agent, text);
    if (number % 25 === 0) {
      // What was said since the last cut was said to sockets that were lost, or just come back.
      if (cutAt) {
        await reconnected();
      }
      cutAt = Date.now();
      teller.wire.cut();
    }
  }
  await reconnected();
  took.sort((one, other) => one - other);
  t.diagnostic(`connected anew: p50 ${took[20]} ms, most ${took.at(-1)} ms, ${took.length} times`);
  assert.equal(took.length, 2 * 20);
  assert.deepEqual([...new Set(teller.wire.answers)], ["101"], "no socket is refused");
  const transcript = await teller.backend.transcript(started.ParticipantToken);
  const messages = transcript.filter(({ Type }) => Type === "MESSAGE");
  assert.deepEqual(messages.map(({ Content }) => Content), expected);
  for (const { items } of readers) {
    await until(async () => items.size >= 500, "all 500 are there", 60_000);
  }
  for (const { items, settled, stop } of readers) {
    await settled();
    stop();
    assert.deepEqual(new Map([...items].sort()), new Map(messages.map(({ Id, Content }) => [Id, Content]).sort()));
  }
});

test("a server that is restarted under a live chat: both go on, and nothing that was acknowledged is lost", async () => {
  const folder = mkdtempSync(join(tmpdir(), "chat-"));
  const data = join(folder, "chat.db");
  const teller = await nodeTeller({ data });
  const { customer, agent, started, invited } = await company(teller);
  await say(customer, "before");
  await teller.server.kill();
  const again = await startServer({ data, port: teller.server.port, settings: teller.settings });
  // Where the service does not answer when it asks for another connection, the library gives up; its page then does what it
  // does after a reload.
  const goOn = async (session, details) => {
    const count = async (name) => (await session.events(name)).length;
    const broken = async () => (await count("onConnectionBroken")) > 0;
    await until(async () => (await count("onConnectionEstablished")) >= 3 || (await broken()), "connected anew", 90_000);
    if (!(await broken())) {
      return session;
    }
    const contact = started.ContactId;
    const fresh = await teller.open({ ...details, ContactId: `${details.ParticipantId}`, InitialContactId: contact });
    await connected(fresh);
    return fresh;
  };
  try {
    const [customerAgain, agentAgain] = [await goOn(customer, started), await goOn(agent, invited)];
    await say(customerAgain, "after");
    await until(async () => (await contents(agentAgain)).includes("after"), "it is heard");
    const transcript = await teller.backend.transcript(started.ParticipantToken);
    const said = transcript.filter(({ Type }) => Type === "MESSAGE").map(({ Content }) => Content);
    assert.deepEqual(said, ["before", "after"]);
  } finally {
    await teller.stop();
    await again.stop();
    rmSync(folder, { recursive: true });
  }
});

test("200 live chats at once", async (t) => {
  const teller = await nodeTeller();
  t.after(() => teller.stop());
  const CHATS = 200;
  const EACH = 4;
  /** A bound that slow machines keep, too; how long it takes is told below. */
  const HEARD_WITHIN = 30_000;
  const chats = [];
  const start = Date.now();
  for (let begun = 0; begun < CHATS; begun += 5) {
    const some = Array.from({ length: 5 }, () => company(teller));
    chats.push(...(await Promise.all(some)));
  }
  /** People do not write faster, and a machine that was slow so far gets more time. */
  const pause = Math.max(16_000, (Date.now() - start) / 2);
  const took = [];
  let repeated = 0;
  const insist = async (session, message, at) => {
    for (;;) {
      const { refused } = await session.call("sendMessage", { message, contentType: "text/plain" });
      if (!refused) {
        return;
      }
      // The service says that it may be tried again.
      assert.ok(refused.statusCode >= 500 && Date.now() - at < HEARD_WITHIN, `${message}: ${refused.text}`);
      repeated += 1;
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  };
  const talk = async ({ customer, agent }, which) => {
    for (let number = 0; number < EACH; number += 1) {
      await new Promise((resolve) => setTimeout(resolve, Math.random() * pause));
      const [from, to] = number % 2 ? [agent, customer] : [customer, agent];
      const text = `chat ${which}, message ${number}`;
      const at = Date.now();
      await insist(from, text, at);
      const heard = () => to.recorded.find(({ name, data }) => name === "onMessage" && data.Content === text);
      await until(async () => heard(), `${text} is heard`, HEARD_WITHIN);
      took.push(heard().at - at);
    }
  };
  await Promise.all(chats.map(talk));
  took.sort((one, other) => one - other);
  const at = (part) => took[Math.floor(part * (took.length - 1))];
  t.diagnostic(`from send to receipt: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, most ${at(1)} ms, ${took.length} messages`);
  t.diagnostic(`pauses of ${Math.round(pause / 2_000)} s on average, ${repeated} calls made again`);
  assert.equal(took.length, CHATS * EACH);
  for (const [which, { customer, agent }] of chats.entries()) {
    for (const session of [customer, agent]) {
      const heard = (await contents(session)).filter((text) => !text.startsWith(`chat ${which},`));
      assert.deepEqual(heard, [], "nothing is heard of other chats");
    }
  }
});
