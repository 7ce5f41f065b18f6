// Where WebSockets of the local server open and how they end, as Chromium sees it: with a code, and cleanly.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { startChromium } from "./chromium.mjs";
import { startServer } from "./server.mjs";

let browser;
let server;

before(async () => {
  browser = await startChromium("--host-resolver-rules=MAP chat 127.0.0.1");
  server = await startServer({ options: ["--allow-host", "chat"] });
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

/** The page, in which a WebSocket of a new chat is open. */
async function open(url) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(url);
  await page.evaluate(async () => {
    const post = async (path, body, headers = {}) => {
      const answer = await fetch(path, { method: "POST", body: JSON.stringify(body), headers });
      return answer.json();
    };
    const start = { ParticipantDetails: { DisplayName: "Jane" } };
    const started = await post("/contact/chat", start);
    const { ParticipantToken } = started.data.startChatResult;
    const bearer = { "x-amz-bearer": ParticipantToken };
    const connected = await post("/participant/connection", { Type: ["WEBSOCKET"] }, bearer);
    globalThis.socket = new WebSocket(connected.Websocket.Url);
    globalThis.ended = new Promise((resolve) => {
      globalThis.socket.onclose = ({ code, wasClean }) => resolve({ code, wasClean });
    });
    await new Promise((resolve, reject) => {
      globalThis.socket.onopen = resolve;
      globalThis.socket.onerror = reject;
    });
  });
  return page;
}

test("a socket that a page closes ends with the page's code, cleanly", async () => {
  for (const code of [1000, 3000, 4999, undefined]) {
    const page = await open(server.url);
    const ended = await page.evaluate((code) => {
      globalThis.socket.close(code);
      return globalThis.ended;
    }, code);
    assert.deepEqual(ended, { code: code ?? 1005, wasClean: true });
    await page.context().close();
  }
});

test("a page under a name that is allowed calls, and opens its socket there", async () => {
  const page = await open(server.url.replace("127.0.0.1", "chat"));
  const address = await page.evaluate(() => new URL(globalThis.socket.url).host);
  assert.equal(address, `chat:${server.port}`);
  await page.context().close();
});

test("a page at localhost opens its socket too, and a server that stops ends it cleanly", async () => {
  const stopping = await startServer();
  const page = await open(stopping.url.replace("127.0.0.1", "localhost"));
  const ended = page.evaluate(() => globalThis.ended);
  await stopping.stop();
  assert.deepEqual(await ended, { code: 1001, wasClean: true });
  await page.context().close();
});
