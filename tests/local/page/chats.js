// The list of the customer's chats, each to continue from.

import { element } from "./log.js";
import * as service from "./service.js";
import { clock, day, ending, fault } from "./words.js";

export class Chats {
  #section;
  #customer;
  #does;
  #next;
  /** The chat that runs on this page, by its initial contact. */
  #running;

  /**
   * @param {HTMLElement} section
   * @param {string} customer
   * @param {Record<"whole" | "before" | "try" | "stop", (chat: object) => void>} does what the buttons do
   */
  constructor(section, customer, does) {
    this.#section = section;
    this.#customer = customer;
    this.#does = does;
    this.#find(".more").onclick = () => this.#load(this.#next);
    this.#find(".error button").onclick = () => this.say();
  }

  /** Reads the list anew. */
  async show(running) {
    this.#running = running;
    await this.#load();
  }

  say(error) {
    this.#find(".error").hidden = !error;
    this.#find(".error p").textContent = error ? fault(error) : "";
  }

  async #load(token) {
    try {
      const page = await service.chatsOf(this.#customer, token);
      const focused = document.activeElement?.dataset?.key;
      const rows = page.Chats.map((chat) => this.#row(chat));
      const list = this.#find(".list");
      if (token) {
        list.append(...rows);
        rows[0]?.querySelector("button")?.focus();
      } else {
        list.replaceChildren(...rows);
        const same = [...list.querySelectorAll("button")].find((each) => each.dataset.key === focused);
        same?.focus({ preventScroll: true });
      }
      this.#next = page.NextToken;
      this.#find(".more").hidden = !this.#next;
      this.#hint();
    } catch (error) {
      this.say(error);
    }
  }

  #hint() {
    const any = this.#find(".list").childElementCount > 0;
    this.#find(".hint").textContent = !any
      ? "Every chat that you start is listed here, and can be continued once it has ended."
      : this.#running
        ? "A chat is running. Once it has ended, any of these can be continued."
        : "Continue any of them, at once and as often as you like.";
  }

  #row(chat) {
    const row = element("li", chat.SourceContactId ? "ended" : "active");
    const began = chat.InitiationTimestamp * 1000;
    const when = `${day(began)}, ${clock(began)}`;
    const time = element("time", "when", when);
    time.dateTime = new Date(began).toISOString();
    const ended = chat.DisconnectTimestamp;
    const how = ended ? `${ending(chat.DisconnectReason)} at ${clock(ended * 1000)}` : "still running";
    row.append(time, element("p", "how", how));
    const buttons = element("div", "buttons");
    const button = (key, text, label) => {
      const made = element("button", "quiet", text);
      made.type = "button";
      made.dataset.key = `${key} ${chat.InitialContactId}`;
      made.setAttribute("aria-label", `${label} of ${when}`);
      made.onclick = () => this.#does[key](chat);
      buttons.append(made);
    };
    if (!ended) {
      button("try", "Try to continue", "Try to continue the running chat");
      button("stop", "End it", "End the running chat");
    } else if (!this.#running) {
      button("whole", "Whole chat", "Continue the whole chat");
      button("before", "Without the survey", "Continue, without its survey, the chat");
    }
    row.append(buttons);
    return row;
  }

  #find(selector) {
    return this.#section.querySelector(selector);
  }
}
