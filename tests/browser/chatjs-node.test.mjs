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
    await until(async () => frames.length === 1, "an answer");
    assert.deepEqual(frames[0], {
      topic: "aws/subscribe",
      content: { status: "success", topics: ["aws/chat"] },
    });
    socket.close();
  });
});

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
          for (const item of await readAll(session)) {
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

test("500 messages while the sockets are cut 20 times: none lost, none doubled, on either side", async (t) => {
  const teller = await nodeTeller();
  t.after(() => teller.stop());
  const { customer, agent, started } = await company(teller);
  const readers = [reader(customer), reader(agent)];
  let cutting = true;
  const cuts = (async () => {
    for (let times = 0; times < 20; times += 1) {
      await until(async () => teller.wire.connections >= 2, "both are connected", 60_000);
      await new Promise((resolve) => setTimeout(resolve, 150 + Math.random() * 300));
      teller.wire.cut();
    }
    cutting = false;
  })();
  const expected = [];
  for (let number = 0; number < 500; number += 1) {
    const text = `message ${number}`;
    expected.push(text);
    await say(number % 2 ? agent : customer, text);
    if (cutting) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  await cuts;
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
  /** People do not write faster. */
  const PAUSE = 16_000;
  const chats = [];
  for (let begun = 0; begun < CHATS; begun += 20) {
    const some = Array.from({ length: 20 }, () => company(teller));
    chats.push(...(await Promise.all(some)));
  }
  const took = [];
  const talk = async ({ customer, agent }, which) => {
    for (let number = 0; number < EACH; number += 1) {
      await new Promise((resolve) => setTimeout(resolve, Math.random() * PAUSE));
      const [from, to] = number % 2 ? [agent, customer] : [customer, agent];
      const text = `chat ${which}, message ${number}`;
      const at = Date.now();
      await say(from, text);
      const heard = () => to.recorded.find(({ name, data }) => name === "onMessage" && data.Content === text);
      await until(async () => heard(), `${text} is heard`, 30_000);
      took.push(heard().at - at);
    }
  };
  await Promise.all(chats.map(talk));
  took.sort((one, other) => one - other);
  const at = (part) => took[Math.floor(part * (took.length - 1))];
  t.diagnostic(`from send to receipt: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, most ${at(1)} ms, ${took.length} messages`);
  assert.equal(took.length, CHATS * EACH);
  for (const [which, { customer, agent }] of chats.entries()) {
    for (const session of [customer, agent]) {
      const heard = (await contents(session)).filter((text) => !text.startsWith(`chat ${which},`));
      assert.deepEqual(heard, [], "nothing is heard of other chats");
    }
  }
  assert.ok(at(0.99) < 5_000);
});
