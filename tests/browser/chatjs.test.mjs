// amazon-connect-chatjs 5.0.0 in Chromium, with web security on, on a page of another origin than the service's.

import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";

import { Backend } from "./backend.mjs";
import { company, established, say, STORIES } from "./chatjs-stories.mjs";
import { startChromium } from "./chromium.mjs";
import { startServer } from "./server.mjs";
import { layWire } from "./wire.mjs";

const LIBRARY = createRequire(import.meta.url).resolve("amazon-connect-chatjs");

const PAGE = `<!doctype html>
<script src="/amazon-connect-chat.js"></script>
<script type="module">
  import { configure, openSession } from "/recorder.js";
  globalThis.sessions = [];
  globalThis.configure = (endpoint) => (globalThis.region = configure(connect, endpoint));
  globalThis.open = (details) => sessions.push(openSession(connect, region, details)) - 1;
</script>`;

/** The site that a chat is embedded in. */
async function startSite() {
  const files = {
    "/": ["text/html", PAGE],
    "/amazon-connect-chat.js": ["text/javascript", readFileSync(LIBRARY)],
    "/recorder.js": ["text/javascript", readFileSync(new URL("recorder.js", import.meta.url))],
  };
  const site = createServer(({ url }, response) => {
    const [kind, text] = files[url] ?? ["text/plain", ""];
    response.writeHead(files[url] ? 200 : 404, { "content-type": kind }).end(text);
  });
  site.listen(0, "127.0.0.1");
  await once(site, "listening");
  return { url: `http://127.0.0.1:${site.address().port}`, stop: () => site.close() };
}

let wire;
let server;
let site;
let browser;

before(async () => {
  wire = await layWire();
  server = await startServer({ settings: { WEBSOCKET_URL: `ws://127.0.0.1:${wire.port}/websocket` } });
  wire.lead(server.port);
  site = await startSite();
  browser = await startChromium();
});

after(async () => {
  await browser?.close();
  site?.stop();
  wire?.stop();
  await server?.stop();
});

/** Sessions of the library in a page of a fresh browser context: preflights are remembered by context. */
async function browserTeller() {
  const context = await browser.newContext();
  const page = await context.newPage();
  const paths = [];
  const faults = [];
  page.on("request", (request) => paths.push(new URL(request.url()).pathname));
  page.on("console", (message) => {
    if (/CORS|Access-Control|Mixed Content/.test(message.text())) {
      faults.push(message.text());
    }
  });
  await page.goto(site.url);
  await page.evaluate((endpoint) => configure(endpoint), server.url);
  return {
    page,
    wire,
    backend: new Backend(server.url),
    calls: (path) => paths.filter((each) => each === path).length,
    async open(details) {
      const which = await page.evaluate((details) => open(details), details);
      return {
        call: (name, request) =>
          page.evaluate(([which, name, request]) => sessions[which].call(name, request), [which, name, request]),
        events: (wanted) =>
          page.evaluate(
            ([which, wanted]) => sessions[which].events.filter(({ name }) => name === wanted).map(({ data }) => data),
            [which, wanted],
          ),
      };
    },
    async close() {
      await context.close();
      assert.deepEqual(faults, []);
    },
  };
}

for (const [name, story] of Object.entries(STORIES)) {
  test(name, async () => {
    const teller = await browserTeller();
    await story(teller);
    await teller.close();
  });
}

test("trap 1: the address of the socket is one that the library takes, and opens", async () => {
  const teller = await browserTeller();
  const { customer } = await company(teller);
  assert.equal((await customer.events("onConnectionBroken")).length, 0);
  await teller.close();
});

test("traps 4 and 5: a widget's start needs no preflight, and every answer is JSON that it can read", async () => {
  const teller = await browserTeller();
  const start = (body) =>
    teller.page.evaluate(
      async ([endpoint, body]) => {
        const answer = await fetch(`${endpoint}/contact/chat`, { method: "POST", body });
        return { status: answer.status, json: await answer.json(), type: answer.headers.get("x-amzn-errortype") };
      },
      [server.url, body],
    );
  const started = await start(JSON.stringify({ ParticipantDetails: { DisplayName: "Jane" } }));
  assert.equal(started.status, 200);
  assert.ok(started.json.data.startChatResult.ParticipantToken);
  for (const body of ["", "{", "[]", JSON.stringify({ ParticipantDetails: {} })]) {
    const { status, json, type } = await start(body);
    assert.equal(status, 400, body);
    assert.equal(json.__type, type);
    assert.ok(json.message);
  }
  await teller.close();
});

test("traps 6 and 7: a signature of nobody and all of the library's headers pass, preflight included", async () => {
  const teller = await browserTeller();
  const sent = teller.page.waitForRequest((request) => request.url().endsWith("/participant/connection"));
  const { customer } = await company(teller);
  const headers = await (await sent).allHeaders();
  assert.match(headers.authorization, /Credential=\//);
  assert.notEqual(headers.origin, server.url);
  for (const name of ["x-amz-bearer", "x-amz-content-sha256", "x-amz-date", "x-amz-user-agent"]) {
    assert.ok(headers[name], name);
  }
  await say(customer, "through");
  await teller.close();
});

test("an error's type can be read from another origin", async () => {
  const teller = await browserTeller();
  const { started, contact } = await company(teller);
  await teller.backend.stop(contact);
  const late = await teller.open({ ...started, ContactId: "late" });
  const { refused } = await late.call("connect");
  const text = JSON.stringify(refused);
  assert.match(text, /AccessDeniedException/, text);
  await teller.close();
});

test("trap 10: without a WebSocket the library works over HTTP alone, and asks once", async () => {
  const teller = await browserTeller();
  await teller.page.route("**/participant/connection", async (route) => {
    const answer = await route.fetch();
    const json = await answer.json();
    await route.fulfill({ response: answer, json: { ...json, Websocket: { ...json.Websocket, Url: "" } } });
  });
  const started = await teller.backend.start();
  const customer = await teller.open(started);
  assert.equal((await customer.call("connect")).refused, undefined);
  await established(customer);
  const { Id } = await say(customer, "over HTTP");
  const { data } = await customer.call("getTranscript", {});
  assert.ok(data.Transcript.some((item) => item.Id === Id));
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  assert.equal(teller.calls("/participant/connection"), 1);
  await teller.close();
});
