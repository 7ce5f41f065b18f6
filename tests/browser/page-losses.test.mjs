// The page in Chromium when calls are refused, answers are lost, sockets are cut and servers are restarted.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";

import { startChromium } from "./chromium.mjs";
import { startServer } from "./server.mjs";
import { live, openChat, openPage, until } from "./stage.mjs";
import { layWire } from "./wire.mjs";

let server;
let browser;

before(async () => {
  server = await startServer();
  browser = await startChromium();
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

/** What the browser may say on its console where it is cut off. */
const LOST = /^(Failed to load resource|WebSocket connection to)/;

const said = async (side) => (await side.lines()).map(({ text }) => text).filter((text) => /^\d+$/.test(text));
const numbers = (first, last) => Array.from({ length: last - first + 1 }, (_, index) => String(first + index));

describe("what goes wrong", () => {
  test("what the service refuses is shown in its words, and can be put away", async () => {
    const stage = await openPage(browser, server.url);
    const { customer } = stage;
    await customer.name.fill("");
    await customer.press("Start a chat");
    await customer.error.filter({ hasText: /^Invalid\w+Exception: .*DisplayName/ }).waitFor();
    await customer.press("Dismiss the error");
    assert.equal(await customer.error.isVisible(), false);
    await customer.name.fill("Jane");
    await customer.press("Start a chat");
    await customer.box.waitFor();
    await stage.close();
  });

  test("what cannot be sent is put back, and said once when it is sent again", async () => {
    const stage = await openChat(browser, server.url);
    const { page, customer, agent } = stage;
    await page.route("**/participant/message", (route) =>
      route.fulfill({ status: 400, json: { __type: "ValidationException", message: "not today" } }),
    );
    await customer.box.fill("hello there");
    await customer.box.press("Enter");
    await customer.error.filter({ hasText: "ValidationException: not today" }).waitFor();
    assert.equal(await customer.box.inputValue(), "hello there");
    await page.unroute("**/participant/message");
    await customer.box.press("Enter");
    await agent.sees("hello there");
    assert.equal(await agent.text("hello there").count(), 1);
    assert.equal(await customer.error.isVisible(), false);
    await stage.close();
  });

  test("a lost answer to a message is asked for again, and the message is there once", async () => {
    const stage = await openChat(browser, server.url, { tolerated: LOST });
    const { page, customer, agent } = stage;
    let lost = 0;
    await page.route("**/participant/message", async (route) => {
      if (lost === 0) {
        lost += 1;
        await route.fetch();
        await route.fulfill({ status: 502, body: "" });
      } else {
        await route.continue();
      }
    });
    await customer.say("once");
    await agent.sees("once");
    await page.waitForTimeout(1_500);
    assert.equal(lost, 1);
    assert.equal(await agent.text("once").count(), 1);
    assert.equal(await customer.text("once").count(), 1);
    await stage.close();
  });

  test("that a message is sent takes no other error away", async () => {
    const stage = await openChat(browser, server.url);
    const { page, customer } = stage;
    let release;
    const held = new Promise((resolve) => (release = resolve));
    await page.route("**/participant/message", async (route) => {
      await held;
      await route.continue();
    });
    await customer.box.fill("1");
    await customer.box.press("Enter");
    await customer.press("Try to continue while active");
    const error = customer.error.filter({ hasText: "InvalidRequestException" });
    await error.waitFor();
    release();
    await customer.receipt("1", "Delivered").waitFor();
    assert.equal(await error.isVisible(), true);
    await stage.close();
  });

  /** Loses the answers to the next calls that say something: all that one send makes. What was said stands. */
  async function loseAnswers(page) {
    let lost = 0;
    await page.route("**/participant/message", async (route) => {
      if (lost === 3) {
        return route.continue();
      }
      lost += 1;
      await route.fetch();
      return route.abort();
    });
  }

  test("what was heard although all answers were lost is not said twice when it is sent again", async () => {
    const stage = await openChat(browser, server.url, { tolerated: LOST });
    const { page, customer, agent } = stage;
    await loseAnswers(page);
    await customer.box.fill("1");
    await customer.box.press("Enter");
    await customer.error.filter({ hasText: "The service cannot be reached" }).waitFor();
    assert.equal(await customer.box.inputValue(), "1");
    await customer.box.press("Enter");
    await until(async () => !(await customer.error.isVisible()), "it is sent");
    await customer.say("2");
    await agent.sees("2");
    assert.deepEqual([await said(customer), await said(agent)], [["1", "2"], ["1", "2"]]);
    await stage.close();
  });

  test("what was written while a message failed stands after it, and either is said once", async () => {
    const stage = await openChat(browser, server.url, { tolerated: LOST });
    const { page, customer, agent } = stage;
    await loseAnswers(page);
    await customer.box.fill("1");
    await customer.box.press("Enter");
    await customer.box.pressSequentially("2");
    await customer.error.filter({ hasText: "The service cannot be reached" }).waitFor();
    assert.equal(await customer.box.inputValue(), "1\n2");
    await customer.box.press("Enter");
    await agent.sees("2");
    assert.deepEqual(await said(agent), ["1", "2"]);
    assert.equal(await customer.box.inputValue(), "");
    await stage.close();
  });

  test("what was sent after a message that failed is put back with it, and said in order", async () => {
    const stage = await openChat(browser, server.url, { tolerated: LOST });
    const { page, customer, agent } = stage;
    await page.route("**/participant/message", (route) => route.abort());
    for (const number of ["1", "2", "3"]) {
      await customer.box.fill(number);
      await customer.box.press("Enter");
    }
    await customer.error.filter({ hasText: "The service cannot be reached" }).waitFor();
    assert.equal(await customer.box.inputValue(), "1\n2\n3");
    await page.unroute("**/participant/message");
    await customer.box.press("Enter");
    await agent.sees("3");
    assert.deepEqual(await said(agent), ["1", "2", "3"]);
    await stage.close();
  });
});

describe("connections that are lost", () => {
  /** A chat whose WebSockets go through a wire of its own. */
  async function wired() {
    const wire = await layWire();
    const own = await startServer({ settings: { WEBSOCKET_URL: `ws://127.0.0.1:${wire.port}/websocket` } });
    wire.lead(own.port);
    const stage = await openChat(browser, own.url, { tolerated: LOST });
    const close = async () => {
      await stage.close();
      wire.stop();
      await own.stop();
    };
    return { ...stage, wire, close };
  }

  test("sockets that are cut are opened again, and nothing is lost or doubled", async () => {
    const stage = await wired();
    const { wire } = stage;
    const expected = [];
    for (let number = 0; number < 40; number += 1) {
      if (number % 10 === 5) {
        wire.cut();
      }
      // More than a page of messages is missed.
      if (number === 10) {
        wire.break();
      }
      await (number % 2 ? stage.agent : stage.customer).say(String(number));
      expected.push(String(number));
      if (number === 30) {
        wire.mend();
      }
    }
    await live(stage);
    for (const side of [stage.customer, stage.agent]) {
      await until(async () => (await said(side)).length >= expected.length, "all is there");
      assert.deepEqual(await said(side), expected);
    }
    await stage.close();
  });

  test("what could not be read after a gap is read later, and until then the page is not live", async () => {
    const stage = await wired();
    const { page, customer, agent, wire } = stage;
    wire.break();
    await customer.is("Connecting…");
    // More than two pages are missed.
    const expected = numbers(1, 37);
    for (const number of expected) {
      await agent.say(number);
    }
    let failed = 0;
    await page.route("**/participant/transcript", (route) => {
      if (route.request().postDataJSON().NextToken) {
        failed += 1;
        return route.abort();
      }
      return route.continue();
    });
    wire.mend();
    await customer.sees("37");
    // Of both sides, and not only what a call repeats of itself.
    await until(async () => failed > 2 * 3, "it is tried again", 20_000);
    wire.cut();
    const before = failed;
    await until(async () => failed > before + 2 * 3, "it is tried again over another socket", 20_000);
    await customer.is("Connecting…", { timeout: 1_000 });
    assert.ok(!(await said(customer)).includes("1"));
    await page.unroute("**/participant/transcript");
    await live(stage);
    assert.deepEqual(await said(customer), expected, "live means that nothing is missing");
    await stage.close();
  });

  test("a socket on which a subscription is not answered is given up for another", async () => {
    const stage = await openPage(browser, server.url);
    const { page, customer } = stage;
    let sockets = 0;
    await page.routeWebSocket(/\/websocket/, (near) => {
      sockets += 1;
      const isDeaf = sockets === 1;
      const far = near.connectToServer();
      near.onMessage((frame) => isDeaf && frame.includes("aws/subscribe") || far.send(frame));
    });
    await page.reload();
    await customer.press("Start a chat");
    await customer.is("Live", { timeout: 20_000 });
    assert.equal(sockets, 2);
    await stage.close();
  });

  test("a server that is restarted finds the chat again", async () => {
    const folder = mkdtempSync(join(tmpdir(), "chat-"));
    const data = join(folder, "chat.db");
    let own = await startServer({ data });
    const stage = await openChat(browser, own.url, { tolerated: LOST });
    const { customer, agent } = stage;
    await customer.say("1");
    await own.kill();
    await customer.is("Connecting…");
    await customer.box.fill("2");
    await customer.box.press("Enter");
    await customer.error.filter({ hasText: "The service cannot be reached" }).waitFor();
    assert.equal(await customer.box.inputValue(), "2");
    own = await startServer({ data, port: own.port });
    await live(stage);
    await customer.box.press("Enter");
    await agent.sees("2");
    assert.deepEqual(await said(agent), ["1", "2"]);
    await stage.close();
    await own.stop();
    rmSync(folder, { recursive: true });
  });

  test("without a WebSocket the page asks for what is new", async () => {
    const stage = await openPage(browser, server.url);
    const { page, customer, agent } = stage;
    await page.route("**/participant/connection", async (route) => {
      const answer = await route.fetch();
      const json = await answer.json();
      await route.fulfill({ response: answer, json: json.Websocket ? { ...json, Websocket: { ...json.Websocket, Url: "" } } : json });
    });
    await customer.press("Start a chat");
    await agent.press("Join the chat");
    await customer.is("Connected");
    await customer.say("1");
    await agent.sees("1");
    await agent.say("2");
    await customer.sees("2");
    await customer.receipt("1", "Read").waitFor();
    await agent.press("End the chat");
    await customer.press("Continue the whole chat");
    await customer.divider("This chat").waitFor();
    assert.deepEqual(await said(customer), ["1", "2"]);
    await stage.close();
  });
});
