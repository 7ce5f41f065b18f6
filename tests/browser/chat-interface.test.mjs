// AWS's own chat interface, unmodified, in Chromium with web security on, on a page of another origin than the service's: what a returning
// customer sees in it. CHAT_INTERFACE names its file, amazon-connect-chat-interface.js, which is not part of this project.

import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { after, before, describe, test } from "node:test";

import { Backend } from "./backend.mjs";
import { screenshot, startChromium } from "./chromium.mjs";
import { startServer } from "./server.mjs";
import { until } from "./stage.mjs";

const FILE = process.env.CHAT_INTERFACE;
const OPENINGS = Number(process.env.CHAT_INTERFACE_OPENINGS ?? 20);
const MESSAGES = 40;
const SURVEY = "Five stars.";

const PAGE = `<!doctype html>
<meta name="viewport" content="width=device-width">
<style>body { margin: 0 } #chat { width: 360px; height: 560px }</style>
<div id="chat"></div>
<script src="/chat-interface.js"></script>
<script type="module">
  globalThis.open = (endpoint, persistentChat) =>
    new Promise((resolve, reject) => {
      connect.ChatSession.setGlobalConfig({ endpoint, region: "us-east-1" });
      connect.ChatInterface.init({ containerId: "chat" });
      const chat = { name: "Jane", region: "us-east-1", instanceId: "local", contactFlowId: "local", persistentChat };
      const opened = () => resolve();
      const failed = (error) => reject(new Error(JSON.stringify(error)));
      connect.ChatInterface.initiateChat({ ...chat, apiGatewayEndpoint: endpoint + "/contact/chat" }, opened, failed);
    });
</script>`;

/** The site that the chat is embedded in: of another host name than the service. */
async function startSite() {
  const files = {
    "/": ["text/html", PAGE],
    "/chat-interface.js": ["text/javascript", readFileSync(FILE)],
  };
  const site = createServer(({ url }, response) => {
    const [kind, text] = files[url] ?? ["text/plain", ""];
    response.writeHead(files[url] ? 200 : 404, { "content-type": kind }).end(text);
  });
  site.listen(0, "127.0.0.1");
  await once(site, "listening");
  return { url: `http://localhost:${site.address().port}`, stop: () => site.close() };
}

/** A chat of 40 messages by customer and agent in turns, then a survey; it has ended. */
async function endedChat(backend) {
  const jane = await backend.start("Jane");
  const tokens = [];
  for (const each of [jane, await backend.invite(jane.ContactId)]) {
    const request = { Type: ["CONNECTION_CREDENTIALS"] };
    const connection = await backend.participant("connection", each.ParticipantToken, request);
    tokens.push(connection.ConnectionCredentials.ConnectionToken);
  }
  const say = (token, Content) => backend.participant("message", token, { ContentType: "text/plain", Content });
  for (let number = 1; number <= MESSAGES; number += 1) {
    await say(tokens[number % 2], `message ${number}.`);
  }
  await backend.transfer(jane.ContactId);
  await say(tokens[0], SURVEY);
  await backend.participant("disconnect", tokens[0]);
  return jane.ContactId;
}

/** What the chat interface shows in one opening, as a customer with a browser of his own sees it. */
class Opening {
  constructor(context, page) {
    this.context = context;
    this.page = page;
    this.bodies = page.locator('[data-testid="message-body"]');
  }

  async texts() {
    return (await this.bodies.allInnerTexts()).map((text) => text.trim());
  }

  /** The numbers of the messages that are shown, in the order in which they stand there. */
  async numbers() {
    return (await this.texts()).flatMap((text) => /^message (\d+)\.$/.exec(text)?.[1] ?? []).map(Number);
  }

  /** Scrolls to the very top of the transcript. */
  async scrollUp() {
    await this.bodies.first().evaluate((body) => {
      let box = body;
      while (box && !(box.scrollHeight > box.clientHeight && /auto|scroll/.test(getComputedStyle(box).overflowY))) {
        box = box.parentElement;
      }
      box?.scrollTo(0, 0);
    });
  }
}

describe("AWS's own chat interface", { skip: FILE ? false : "left out: CHAT_INTERFACE names no file" }, () => {
  let server;
  let site;
  let browser;
  let source;

  before(async () => {
    server = await startServer();
    site = await startSite();
    browser = await startChromium();
    source = await endedChat(new Backend(server.url));
  });

  after(async () => {
    await browser?.close();
    site?.stop();
    await server?.stop();
  });

  async function opened(rehydrationType) {
    const context = await browser.newContext({ viewport: { width: 400, height: 600 } });
    const page = await context.newPage();
    await page.goto(site.url);
    const past = { rehydrationType, sourceContactId: source };
    await page.evaluate(([endpoint, persistentChat]) => open(endpoint, persistentChat), [server.url, past]);
    return new Opening(context, page);
  }

  for (const [type, newest] of [
    ["FROM_SEGMENT", `message ${MESSAGES}.`],
    ["ENTIRE_PAST_SESSION", SURVEY],
  ]) {
    test(`${type}: ${OPENINGS} openings of ${OPENINGS} show the past`, async () => {
      let shown = 0;
      for (let number = 0; number < OPENINGS; number += 1) {
        const opening = await opened(type);
        const sees = async () => (await opening.texts()).includes(newest);
        shown += await until(sees, "the past").then(
          () => 1,
          () => 0,
        );
        if (number === 0) {
          await screenshot(opening.page, `chat-interface-${type}`);
        }
        await opening.context.close();
      }
      assert.equal(shown, OPENINGS);
    });

    test(`${type}: scrolling reaches the first of ${MESSAGES} messages, each once and in order`, async () => {
      const opening = await opened(type);
      await until(async () => (await opening.numbers()).length > 0, "the past");
      const reached = async () => {
        await opening.scrollUp();
        return (await opening.numbers()).includes(1);
      };
      await until(reached, "the first message");
      await screenshot(opening.page, `chat-interface-${type}-first`);
      const all = Array.from({ length: MESSAGES }, (_, index) => index + 1);
      assert.deepEqual(await opening.numbers(), all);
      const hidden = type === "FROM_SEGMENT";
      assert.equal((await opening.texts()).filter((text) => text === SURVEY).length, hidden ? 0 : 1);
      await opening.context.close();
    });
  }
});
