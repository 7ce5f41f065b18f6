// The page's connection to a chat, over a service that answers when the test wants it to: what comes between is not lost.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { Connection } from "../local/page/connection.js";
import { until } from "./stage.mjs";

const PAGE = 15;

/** What has been said in the chat, how much of that is a past that it does not show yet, the sockets that were opened to it, and what holds its answers up. */
let items;
let hidden;
let sockets;
let hold;

class Socket {
  static OPEN = 1;
  readyState = 0;

  constructor() {
    sockets.push(this);
  }

  send(frame) {
    const { topic } = JSON.parse(frame);
    if (topic === "aws/subscribe") {
      this.tell({ topic, content: { status: "success" } });
    }
  }

  tell(frame) {
    this.onmessage({ data: JSON.stringify(frame) });
  }

  opens() {
    this.readyState = Socket.OPEN;
    this.onopen();
  }

  close() {
    if (this.readyState < 3) {
      this.readyState = 3;
      this.onclose();
    }
  }
}

/** A page as it is when it is asked for, from the newest item or from before what the token says, oldest first; a token keeps what its first page did not show. */
function page({ NextToken }) {
  const [border, end] = NextToken ? NextToken.split("-").map(Number) : [hidden, items.length];
  const start = Math.max(end - PAGE, border);
  return { Transcript: items.slice(start, end), NextToken: start > border ? `${border}-${start}` : undefined };
}

beforeEach(() => {
  items = [];
  hidden = 0;
  sockets = [];
  hold = () => {};
  globalThis.WebSocket = Socket;
  globalThis.fetch = async (path, { body }) => {
    const request = JSON.parse(body);
    const credentials = { ConnectionToken: "token" };
    const until = new Date(Date.now() + 3_600_000).toISOString();
    const connection = { ConnectionCredentials: credentials, Websocket: { Url: "ws://chat", ConnectionExpiry: until } };
    const answer = path.endsWith("/transcript") ? page(request) : connection;
    await hold(path, request);
    return { ok: true, status: 200, text: async () => JSON.stringify(answer) };
  };
});

function say(first, last) {
  for (let number = first; number <= last; number += 1) {
    items.push({ Id: `item-${number}`, Type: "MESSAGE", Content: String(number) });
  }
}

/** An open connection: what it has told, and the socket that it listens to. */
async function listening() {
  const seen = new Set();
  const states = [];
  const connection = new Connection("participant", {
    items: (list) => list.forEach(({ Content }) => seen.add(Number(Content))),
    state: (state) => states.push(state),
    older() {},
    typing() {},
    ended() {},
  });
  await connection.open();
  sockets[0].opens();
  await until(async () => states.at(-1) === "live", "it is live");
  return { connection, seen, states };
}

const opened = (count) => until(async () => sockets.length === count, `socket ${count} is opened`);

test("what is told while an earlier gap is read hides no later gap", async () => {
  say(0, 0);
  const { connection, seen, states } = await listening();
  const held = [];
  hold = (path) => path.endsWith("/transcript") && new Promise((resolve) => held.push(resolve));
  say(1, 10);
  sockets[0].close();
  await opened(2);
  sockets[1].opens();
  await until(async () => held.length === 1, "the first gap is read");
  say(11, 57);
  sockets[1].close();
  await opened(3);
  sockets[2].opens();
  await until(async () => held.length === 2, "the second gap is read");
  say(58, 58);
  sockets[2].tell({ topic: "aws/chat", content: JSON.stringify(items.at(-1)) });
  hold = () => {};
  held[0]();
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.notEqual(states.at(-1), "live", "the second gap is still there");
  held[1]();
  await until(async () => states.at(-1) === "live", "it is live");
  assert.deepEqual([...seen].sort((one, other) => one - other), items.map(({ Content }) => Number(Content)));
  connection.close();
});

/** The chat gets its past, and everybody is told so. */
function rehydrate() {
  hidden = 0;
  const content = JSON.stringify({ ContentType: "application/vnd.amazonaws.connect.event.chat.rehydrated" });
  sockets.at(-1).tell({ topic: "aws/chat", content });
}

test("a past that a running chat gets is shown as far as the newest page has it", async () => {
  say(0, 59);
  hidden = 50;
  const { connection, seen } = await listening();
  assert.equal(seen.size, 10);
  rehydrate();
  await until(async () => seen.size === PAGE, "the past is there");
  assert.ok(connection.hasOlder);
  connection.close();
});

test("a past that a running chat gets is reached from wherever the reader has come to, by pages that show something new", async () => {
  for (const pages of [0, 1, 2]) {
    sockets = [];
    items = [];
    say(0, 59);
    hidden = 10;
    const { connection, seen } = await listening();
    for (let page = 0; page < pages; page += 1) {
      await connection.older();
    }
    rehydrate();
    await new Promise((resolve) => setTimeout(resolve, 50));
    while (connection.hasOlder) {
      const before = seen.size;
      await connection.older();
      assert.ok(seen.size > before, `nothing new behind ${before} items`);
    }
    assert.equal(seen.size, 60);
    connection.close();
  }
});

test("a socket that does not open is given up for another", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  say(0, 0);
  const connection = new Connection("participant", { items() {}, state() {}, older() {} });
  await connection.open();
  assert.equal(sockets.length, 1);
  t.mock.timers.tick(10_000);
  t.mock.timers.tick(500);
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(sockets.length, 2);
  connection.close();
});
