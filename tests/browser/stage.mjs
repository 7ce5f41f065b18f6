// The page as a person meets it: both sides of the chat and the list, and a watch over what must never happen.

import assert from "node:assert/strict";

/** Refusals of the service are in the console too; they are no faults of the page. */
const REFUSAL = /^Failed to load resource: the server responded with a status of 4\d\d/;

/** Opens the page in a browser context of its own. */
export async function openPage(browser, url, { width = 1280, height = 800, scheme = "light", tolerated = REFUSAL } = {}) {
  // `tolerated` is what the browser may say on its console.
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const faults = [];
  page.on("pageerror", (error) => faults.push(`error: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error" && !tolerated.test(message.text())) {
      faults.push(`console: ${message.text()}`);
    }
  });
  page.on("dialog", (dialog) => {
    faults.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on("request", (request) => {
    const to = new URL(request.url());
    if (to.protocol !== "data:" && to.origin !== url) {
      faults.push(`request to ${to.origin}`);
    }
  });
  await page.addInitScript(() => {
    globalThis.violations = [];
    document.addEventListener("securitypolicyviolation", (event) => {
      globalThis.violations.push(`${event.violatedDirective} ${event.blockedURI}`);
    });
  });
  await page.goto(url);
  return {
    page,
    context,
    faults,
    customer: side(page, "customer"),
    agent: side(page, "agent"),
    list: page.locator("#chats .list > li"),
    guide: page.getByRole("status"),
    /** That nothing has happened that must not, and closes the page. */
    async close() {
      faults.push(...(await page.evaluate(() => globalThis.violations)));
      await context.close();
      assert.deepEqual(faults, []);
    },
  };
}

/** Opens the page, and a chat with both sides in it, who are told at once what is said. */
export async function openChat(browser, url, options) {
  const stage = await openPage(browser, url, options);
  await stage.customer.press("Start a chat");
  await stage.agent.press("Join the chat");
  await stage.agent.box.waitFor();
  await live(stage);
  return stage;
}

export function live({ customer, agent }) {
  return Promise.all([customer, agent].map((side) => side.is("Live", { timeout: 30_000 })));
}

/** One side of the chat. */
function side(page, id) {
  const section = page.locator(`#${id}`);
  return {
    section,
    name: section.getByLabel("Name"),
    box: section.getByRole("textbox", { name: `Message from the ${id}` }),
    button: (name) => section.getByRole("button", { name, exact: true }),
    error: section.getByRole("alert"),
    state: section.locator(".state"),
    typing: section.locator(".typing"),
    scroll: section.locator(".scroll"),
    rows: section.locator(".log > li"),
    divider: (text) => section.locator(".divider").getByText(text, { exact: true }),
    /** The rows of this text: all of it, and not what stands around it, such as a time or a name. */
    text(text) {
      const whole = page.locator(".text").and(page.getByText(text, { exact: true }));
      return this.rows.filter({ has: whole });
    },
    /** A message of one's own, once it has got this far. */
    receipt(text, word) {
      return this.text(text).first().locator(".receipt").getByText(word, { exact: true });
    },
    /** The state of one's connection. */
    is(state, options) {
      return this.state.and(page.getByText(state, { exact: true })).waitFor(options);
    },
    async press(name) {
      await this.button(name).click();
    },
    async say(text) {
      await this.box.fill(text);
      await this.box.press("Enter");
      await this.text(text).last().waitFor();
    },
    async sees(text) {
      await this.text(text).last().waitFor();
    },
    /** Scrolls up until there is nothing more. */
    async readAll() {
      while (await this.button("Earlier messages").isVisible()) {
        await this.scroll.evaluate((scroll) => (scroll.scrollTop = 0));
        await page.waitForTimeout(30);
      }
    },
    /** Every line of the log, with what marks it. */
    lines() {
      return this.rows.evaluateAll((rows) =>
        rows.map((row) => ({
          text: row.querySelector(".text").textContent,
          past: row.classList.contains("past"),
          own: row.classList.contains("own"),
          divider: row.querySelector(".divider").textContent,
        })),
      );
    },
  };
}

/** Repeats a check until it holds. */
export async function until(check, what, milliseconds = 10_000) {
  const end = Date.now() + milliseconds;
  for (;;) {
    if (await check()) {
      return;
    }
    assert.ok(Date.now() < end, `not within ${milliseconds} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Every visible text whose contrast with what is behind it is less than WCAG's AA asks for. */
export function faintTexts(page) {
  return page.evaluate(() => {
    const numbers = (color) => color.match(/[\d.]+/g).map(Number);
    const behind = (element) => {
      for (let at = element; at; at = at.parentElement) {
        const [r, g, b, a = 1] = numbers(getComputedStyle(at).backgroundColor);
        if (a === 1) {
          return [r, g, b];
        }
      }
      return [255, 255, 255];
    };
    const light = (rgb) => {
      const [r, g, b] = rgb.map((each) => each / 255).map((each) => (each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4));
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const faint = [];
    for (const element of document.querySelectorAll("body *")) {
      const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
      if (!own || !element.checkVisibility() || element.closest(".unseen, noscript")) {
        continue;
      }
      const [one, other] = [light(numbers(getComputedStyle(element).color).slice(0, 3)), light(behind(element))];
      const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
      if (contrast < 4.5) {
        faint.push(`${element.textContent.slice(0, 30)}: ${contrast.toFixed(2)}`);
      }
    }
    return faint;
  });
}
