// The page in Chromium: the whole story of a chat that is continued, by day and by night, on a desk and on a telephone.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { screenshot, startChromium } from "./chromium.mjs";
import { startServer } from "./server.mjs";
import { faintTexts, openChat, openPage, until } from "./stage.mjs";

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

const WIDE = { width: 1280, height: 800 };
const NARROW = { width: 375, height: 812 };

/** A chat with both sides in it. */
const talking = (options) => openChat(browser, server.url, options);

/** What the survey asks, as the page has it. */
const QUESTION = "How was this chat? Please answer with one to five stars.";

for (const [name, size] of [["desk", WIDE], ["telephone", NARROW]]) {
  for (const scheme of ["light", "dark"]) {
    test(`a stranger talks to himself, ends the chat and continues it both ways: ${name}, ${scheme}`, async () => {
      const stage = await openPage(browser, server.url, { ...size, scheme });
      const { page, customer, agent, guide, list } = stage;
      let pictures = 0;
      const looks = async (what) => {
        pictures += 1;
        await screenshot(page, `${name}-${scheme}-${pictures}-${what}`);
        assert.deepEqual(await faintTexts(page), [], `contrast, ${what}`);
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(overflow <= 0, `${what} is ${overflow} pixels too wide`);
      };
      await guide.filter({ hasText: "Start a chat as the customer" }).waitFor();
      await looks("start");

      await customer.name.fill("Jane Doe");
      await customer.press("Start a chat");
      await agent.press("Join the chat");
      await customer.sees("Alex joined");
      await customer.say("My parcel has not come.");
      await agent.sees("My parcel has not come.");
      await agent.say("I am sorry. Let me look that up for you.");
      await customer.sees("I am sorry. Let me look that up for you.");
      await customer.receipt("My parcel has not come.", "Read").waitFor();
      await customer.say("Thank you!");
      await customer.press("Try to continue while active");
      await customer.error.filter({ hasText: /^InvalidRequestException: Only a chat session that has ended/ }).waitFor();
      await looks("talk");

      await agent.press("Send to the survey");
      await customer.sees(QUESTION);
      await customer.say("Five stars");
      await guide.filter({ hasText: "a survey asks" }).waitFor();
      await looks("survey");

      await customer.press("End the chat");
      await customer.button("Continue the whole chat").waitFor();
      await until(async () => (await list.count()) === 1, "the chat is listed");
      await list.first().getByText("ended by the customer").waitFor();
      await customer.sees("The chat ended");
      const below = ({ scrollHeight, scrollTop, clientHeight }) => scrollHeight - scrollTop - clientHeight;
      await until(async () => (await customer.scroll.evaluate(below)) < 2, "the end is in view");
      await looks("choice");

      await customer.press("Continue without the survey");
      await customer.divider("This chat").waitFor();
      await customer.sees("I am sorry. Let me look that up for you.");
      let lines = await customer.lines();
      assert.ok(lines.some((line) => line.past && line.own && line.text === "My parcel has not come."));
      assert.ok(!lines.some((line) => line.text.includes("How was this chat?")), "the survey is hidden");
      assert.ok(lines.every((line) => line.past === (line.text !== "Jane Doe joined" || line !== lines.at(-1))));
      assert.match(lines[0].divider, /^Earlier chat, \d+ \w+ \d{4}$/);
      await agent.press("Join the chat");
      await agent.sees("My parcel has not come.");
      await customer.say("It is me again.");
      await agent.sees("It is me again.");
      await looks("continued");

      await agent.press("End the chat");
      await customer.button("Continue the whole chat").waitFor();
      await until(async () => (await list.count()) === 2, "both chats are listed");
      await list.last().getByRole("button", { name: /^Continue the whole chat of/ }).click();
      await customer.sees(QUESTION);
      await customer.sees("Five stars");
      await customer.divider("This chat").waitFor();
      lines = await customer.lines();
      assert.ok(lines.filter((line) => line.past).some((line) => line.text === "The chat ended"));
      assert.ok(!lines.some((line) => line.text === "It is me again."), "the other continuation is another chat");
      await customer.say("And once more.");
      await looks("whole");
      await stage.close();
    });
  }
}

describe("what others see", () => {
  test("a message is sent, then delivered, then read once the other side is used", async () => {
    const stage = await talking();
    const { customer, agent } = stage;
    await stage.page.mouse.move(0, 0);
    await customer.say("one");
    await customer.receipt("one", "Delivered").waitFor();
    await agent.box.focus();
    await customer.receipt("one", "Read").waitFor();
    await agent.say("two");
    await agent.receipt("two", "Delivered").waitFor();
    await customer.box.focus();
    await agent.receipt("two", "Read").waitFor();
    await stage.close();
  });

  test("typing is shown to the other side alone, and goes away", async () => {
    const stage = await talking();
    const { customer, agent } = stage;
    await customer.box.pressSequentially("Hel");
    await agent.typing.filter({ hasText: "Jane is typing" }).waitFor();
    assert.equal(await customer.typing.textContent(), "");
    await customer.box.press("Enter");
    await agent.sees("Hel");
    assert.equal(await agent.typing.textContent(), "");
    await agent.box.pressSequentially("a");
    await customer.typing.filter({ hasText: "Alex is typing" }).waitFor();
    await until(async () => (await customer.typing.textContent()) === "", "typing is over");
    await stage.close();
  });

  test("news are told to those who hear the page, each once", async () => {
    const stage = await talking();
    await stage.customer.say("hear me");
    const news = stage.agent.section.getByRole("log");
    await news.getByText("Jane: hear me").waitFor();
    assert.equal(await news.getByText("hear me").count(), 1);
    assert.equal(await stage.customer.section.getByRole("log").getByText("hear me").count(), 0);
    await stage.close();
  });

  test("who has gone to the other side meanwhile is left there", async () => {
    const stage = await openPage(browser, server.url);
    const { customer, agent, page } = stage;
    await customer.press("Start a chat");
    await customer.box.waitFor();
    let release;
    const held = new Promise((resolve) => (release = resolve));
    await page.route("**/contact/create-participant", async (route) => {
      await held;
      await route.continue();
    });
    await agent.press("Join the chat");
    await customer.box.pressSequentially("I go on");
    release();
    await agent.box.waitFor();
    await customer.sees("Alex joined");
    await page.keyboard.type(" writing");
    assert.equal(await customer.box.inputValue(), "I go on writing");
    await stage.close();
  });

  test("the agent leaves, the chat goes on, and he comes back", async () => {
    const stage = await talking();
    const { customer, agent } = stage;
    await agent.press("Leave");
    await customer.sees("Alex left");
    await customer.say("Hello?");
    await agent.name.fill("Kim");
    await agent.press("Join the chat");
    await agent.sees("Hello?");
    await customer.sees("Kim joined");
    await stage.close();
  });
});

describe("the past", () => {
  /** A chat that continues one of 40 messages. */
  async function long(options) {
    const stage = await talking(options);
    for (let number = 1; number <= 40; number += 1) {
      await stage.customer.say(`message ${number}.`);
    }
    await stage.customer.press("End the chat");
    await stage.customer.press("Continue the whole chat");
    await stage.customer.divider("This chat").waitFor();
    return stage;
  }
  const numbers = (lines) => lines.flatMap(({ text }) => /^message (\d+)\.$/.exec(text)?.[1] ?? []).map(Number);

  test("older pages come as one scrolls up, in order, each once, and the reader keeps his place", async () => {
    const stage = await long();
    const { customer, page } = stage;
    const first = numbers(await customer.lines());
    assert.ok(first.length < 40, `${first.length} messages are there unasked`);
    while (await customer.button("Earlier messages").isVisible()) {
      const seen = numbers(await customer.lines()).length;
      const place = () => customer.text("message 40.").evaluate((row) => row.offsetTop - row.closest(".scroll").scrollTop);
      await customer.scroll.evaluate((scroll) => (scroll.scrollTop = 1));
      await page.waitForTimeout(50);
      await until(async () => numbers(await customer.lines()).length > seen || !(await customer.button("Earlier messages").isVisible()), "older messages");
      assert.ok((await place()) > 0);
      const top = await customer.scroll.evaluate((scroll) => scroll.scrollTop);
      assert.ok(top > 50 || !(await customer.button("Earlier messages").isVisible()), `thrown to ${top}`);
    }
    assert.deepEqual(numbers(await customer.lines()), Array.from({ length: 40 }, (_, index) => index + 1));
    await stage.close();
  });

  test("older pages come by a button, for keyboards", async () => {
    const stage = await long(NARROW);
    const { customer } = stage;
    const button = customer.button("Earlier messages");
    while (await button.isVisible()) {
      const seen = (await customer.lines()).length;
      await button.focus();
      await stage.page.keyboard.press("Enter");
      await until(async () => (await customer.lines()).length > seen || !(await button.isVisible()), "older messages");
    }
    assert.equal(numbers(await customer.lines()).length, 40);
    assert.equal(await stage.page.evaluate(() => document.activeElement.className), "scroll");
    await stage.close();
  });

  test("a chat that has ended can still be paged back", async () => {
    const stage = await long();
    const { customer } = stage;
    await customer.press("End the chat");
    await customer.button("Continue the whole chat").waitFor();
    await customer.readAll();
    assert.equal(numbers(await customer.lines()).length, 40);
    await stage.close();
  });
});

describe("coming back", () => {
  test("a reload keeps the live chat, on both sides", async () => {
    const stage = await talking();
    const { page, customer, agent, list } = stage;
    await customer.say("before");
    await page.reload();
    await customer.sees("before");
    await agent.sees("before");
    await customer.say("after");
    await agent.sees("after");
    await agent.say("still here");
    await customer.sees("still here");
    assert.equal(await list.count(), 1, "no other chat was begun");
    await stage.close();
  });

  test("a chat that ended while the page was away is offered to be continued", async () => {
    const stage = await talking();
    const { page, context, customer, list } = stage;
    await customer.say("gone");
    const away = await page.evaluate(() => sessionStorage.getItem("chat"));
    await page.goto("about:blank");
    const other = await context.newPage();
    await other.goto(server.url);
    await other.locator("#chats").getByRole("button", { name: /^End the running chat/ }).click();
    await other.locator("#chats").getByText("ended by the agent").waitFor();
    await other.close();
    assert.ok(away);
    await page.goto(server.url);
    await customer.press("Continue the whole chat");
    await customer.sees("gone");
    await until(async () => (await list.count()) === 2, "the new chat is listed");
    await stage.close();
  });

  test("the chats of a customer are his browser's, and are there when he comes back", async () => {
    const stage = await talking();
    await stage.customer.press("End the chat");
    await stage.customer.button("Start a new chat").waitFor();
    const again = await stage.context.newPage();
    await again.goto(server.url);
    await again.locator("#chats .list > li").first().waitFor();
    assert.equal(await again.locator("#chats .list > li").count(), 1);
    await stage.close();
    const stranger = await openPage(browser, server.url);
    await stranger.page.getByText("Every chat that you start is listed here").waitFor();
    assert.equal(await stranger.list.count(), 0);
    await stranger.close();
  });
});

describe("texts that would be more than text", () => {
  const STRINGS = [
    `<img src=x onerror="globalThis.harmed=1">`,
    `<script>globalThis.harmed=2</script>`,
    `"><svg onload=globalThis.harmed=3>`,
    `'-alert(1)-'`,
    `javascript:globalThis.harmed=4`,
    `</textarea><iframe srcdoc="<script>parent.harmed=5</script>">`,
    "{{constructor.constructor('globalThis.harmed=6')()}} ${globalThis.harmed=7}",
    "&lt;b&gt;bold&lt;/b&gt; <b>bold</b>",
    "\u202Eright to left\u202C \uFFFE 👩‍👩‍👧‍👦",
  ];

  /** That a string stands there as it is, and that nothing came of it. */
  async function isHarmless(stage) {
    const found = await stage.page.evaluate(() => ({
      harmed: globalThis.harmed,
      elements: document.querySelectorAll("main :is(img, script, svg, iframe, b, object, embed, style, link)").length,
      attributes: [...document.querySelectorAll("main *")].filter((each) =>
        [...each.attributes].some(({ name }) => name.startsWith("on")),
      ).length,
    }));
    assert.deepEqual(found, { harmed: undefined, elements: 0, attributes: 0 });
  }

  test("in names, messages, events, news, typing, errors and the past they stay text", async () => {
    for (const strings of [STRINGS.slice(0, 4), STRINGS.slice(4)]) {
      const stage = await openPage(browser, server.url);
      const { customer, agent, page } = stage;
      const name = strings.join(" ");
      await customer.name.fill(name);
      await agent.name.fill(name);
      await customer.press("Start a chat");
      await agent.press("Join the chat");
      await agent.box.waitFor();
      for (const string of strings) {
        await customer.say(string);
        await agent.say(string);
      }
      await until(async () => (await customer.lines()).filter(({ text }) => text === strings.at(-1)).length === 2, "all");
      await agent.section.getByRole("log").getByText(`${name}: ${strings.at(-1)}`).waitFor();
      await page.route("**/participant/message", (route) =>
        route.fulfill({ status: 400, json: { __type: name, message: name } }),
      );
      await customer.box.fill("x");
      await customer.box.press("Enter");
      await customer.error.filter({ hasText: `${name}: ${name}` }).waitFor();
      await page.unroute("**/participant/message");
      await isHarmless(stage);
      await customer.press("End the chat");
      await customer.press("Continue the whole chat");
      await customer.divider("This chat").waitFor();
      await customer.readAll();
      for (const string of strings) {
        const past = (await customer.lines()).filter((line) => line.past && line.text === string);
        assert.equal(past.length, 2, string);
      }
      await isHarmless(stage);
      await page.reload();
      await customer.divider("This chat").waitFor();
      assert.equal(await customer.name.inputValue(), name);
      await isHarmless(stage);
      await stage.close();
    }
  });

  test("strange characters arrive as they were written", async () => {
    const stage = await talking();
    const string = STRINGS.at(-1);
    await stage.customer.box.fill(`${string}\nsecond line`);
    await stage.customer.box.press("Enter");
    await stage.agent.sees(`${string}\nsecond line`);
    assert.equal((await stage.agent.lines()).at(-1).text, `${string}\nsecond line`);
    await stage.close();
  });

  test("the policy stops what is inserted all the same, and this watch would see it", async () => {
    const stage = await openPage(browser, server.url);
    await stage.page.evaluate(() => {
      const script = document.createElement("script");
      script.textContent = "globalThis.harmed = 1";
      document.body.append(script);
      document.body.setAttribute("style", "color: red");
      return fetch("http://127.0.0.2:9/").catch(() => {});
    });
    assert.equal(await stage.page.evaluate(() => globalThis.harmed), undefined);
    const seen = await stage.page.evaluate(() => globalThis.violations.map((each) => each.split(" ")[0]));
    assert.deepEqual(seen.sort(), ["connect-src", "script-src-elem", "style-src-attr"]);
    await stage.context.close();
  });
});

describe("by keyboard alone", () => {
  /** What has the focus: its name, and whether that can be seen. */
  const focused = (page) =>
    page.evaluate(() => {
      const at = document.activeElement;
      const style = getComputedStyle(at);
      const label = at.labels?.[0]?.textContent.trim();
      return {
        name: at.getAttribute("aria-label") ?? label ?? at.textContent.trim(),
        visible: at === document.body || (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2),
      };
    });

  /** Goes on with Tab until something of this name has the focus; tells by way of what. */
  async function tabTo(page, name) {
    const way = [];
    for (let steps = 0; steps < 40; steps += 1) {
      await page.keyboard.press("Tab");
      const at = await focused(page);
      assert.ok(at.visible, `the focus on ${at.name} cannot be seen`);
      way.push(at.name);
      if (at.name === name) {
        return way;
      }
    }
    assert.fail(`${name} is not reached: ${way.join(", ")}`);
  }

  for (const [name, size] of [["desk", WIDE], ["telephone", NARROW]]) {
    test(`the whole story: ${name}`, async () => {
      const stage = await openPage(browser, server.url, size);
      const { page, customer, agent } = stage;
      const at = async (expected) => {
        await until(async () => (await focused(page)).name === expected, `the focus is on ${expected}`);
        assert.ok((await focused(page)).visible);
      };
      const write = async (text) => {
        await page.keyboard.type(text);
        await page.keyboard.press("Enter");
      };
      assert.deepEqual(await tabTo(page, "Start a chat"), ["Name", "What the customer sees", "Start a chat"]);
      await page.keyboard.press("Enter");
      await at("Message from the customer");
      await write("by keys");
      const way = await tabTo(page, "Join the chat");
      assert.deepEqual(way, [
        "Send",
        "End the chat",
        "Try to continue while active",
        "Name",
        "What the agent sees",
        "Join the chat",
      ]);
      await page.keyboard.press("Space");
      await at("Message from the agent");
      await write("by keys, too");
      await customer.sees("by keys, too");
      await customer.receipt("by keys", "Read").waitFor();
      await tabTo(page, "Send to the survey");
      await page.keyboard.press("Enter");
      await customer.sees(QUESTION);
      await at("Join the chat");
      // Around the page, to the customer's message.
      await tabTo(page, "Message from the customer");
      await write("four stars");
      await tabTo(page, "Try to continue while active");
      await page.keyboard.press("Enter");
      await customer.error.filter({ hasText: "still active" }).waitFor();
      await tabTo(page, "Dismiss the error");
      await page.keyboard.press("Enter");
      await at("Message from the customer");
      await tabTo(page, "End the chat");
      await page.keyboard.press("Enter");
      await at("Continue the whole chat");
      await page.keyboard.press("Tab");
      await at("Continue without the survey");
      await page.keyboard.press("Enter");
      await customer.divider("This chat").waitFor();
      await at("Message from the customer");
      await customer.sees("by keys, too");
      assert.equal(await customer.text("four stars").count(), 0);
      await write("again");
      await customer.sees("again");
      assert.equal(await agent.button("Join the chat").isVisible(), true);
      await stage.close();
    });
  }
});
