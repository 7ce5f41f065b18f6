// One side of the chat: its messages, what it writes, who is typing, and what has been delivered and read.

import { Connection } from "./connection.js";
import { Log, element } from "./log.js";
import { eventOf, isPast } from "./transcript.js";
import { fault } from "./words.js";

/** Typing is told again after this long, and shown this long. */
const TYPING_EVERY = 3_000;
const TYPING_FOR = 5_000;
/** As much news as a screen reader may still want to go back to. */
const MOST_NEWS = 10;

const STATES = {
  none: "Offline",
  connecting: "Connecting…",
  live: "Live",
  polling: "Connected",
  left: "Left",
  ended: "Ended",
};

export class Pane {
  #section;
  #role;
  #events;
  #log;
  #connection;
  #me;
  /** What waits to be said, oldest first. */
  #waiting = [];
  /** What could not be said, and stands in the box again: each on lines of its own, before what was written since. */
  #unsaid = [];
  /** The error that is shown, and the last one that something could not be said for. */
  #shown;
  #failure;
  #typedAt = 0;
  #hush;
  /** Messages from others that have been shown, and not read. */
  #unread = new Set();
  #loading = false;

  /**
   * @param {HTMLElement} section
   * @param {"CUSTOMER" | "AGENT"} role
   * @param {{items(list: object[]): void, ended(): void}} events
   */
  constructor(section, role, events) {
    this.#section = section;
    this.#role = role;
    this.#events = events;
    this.#log = new Log(this.#find(".log"), this.#find(".scroll"), role);
    this.#write();
    this.#attend();
    this.#pageBack();
    const dismissal = this.#find(".error button");
    dismissal.onclick = () => {
      this.say();
      this.focus();
    };
    this.state = "none";
  }

  get name() {
    return this.#find(".name").value.trim();
  }

  set name(name) {
    this.#find(".name").value = name;
  }

  onName(listener) {
    this.#find(".name").onchange = listener;
  }

  /** Whether somebody of this side is in the chat. */
  get isOpen() {
    return Boolean(this.#connection);
  }

  set state(state) {
    const label = this.#find(".state");
    label.textContent = STATES[state];
    label.dataset.state = state;
    this.#section.dataset.state = state;
  }

  /** What stands where no message stands. */
  set empty(text) {
    this.#find(".empty").textContent = text;
    this.#find(".empty").hidden = !text || !this.#log.isEmpty;
  }

  /** Shows those buttons that belong to a moment of the chat. */
  set moment(moment) {
    for (const actions of this.#section.querySelectorAll(".actions")) {
      actions.hidden = actions.dataset.when !== moment;
    }
  }

  /** Enters the chat as a participant. Fails as the service does. */
  async open({ id, token }) {
    this.close();
    this.clear();
    this.#me = id;
    const connection = new Connection(token, {
      items: (items) => this.#isOf(connection) && this.#take(items),
      typing: (item) => this.#showTyping(item),
      state: (state) => (this.state = state),
      older: (more) => (this.#find(".older").hidden = !more),
      ended: () => this.#events.ended(),
    });
    this.#connection = connection;
    try {
      await connection.open();
    } catch (error) {
      if (this.#connection === connection) {
        this.close();
        this.state = "none";
      }
      throw error;
    }
    // It may have ended meanwhile.
    if (this.#connection === connection) {
      this.#find(".composer").hidden = false;
      this.#find(".name").disabled = true;
    }
  }

  async leave() {
    await this.#connection?.leave();
  }

  /** Goes on showing what has been said, and writes nothing more. */
  close(state) {
    this.#connection?.close();
    this.#closed = this.#connection;
    this.#connection = undefined;
    this.#find(".composer").hidden = true;
    this.#find(".name").disabled = false;
    this.#hideTyping();
    if (state) {
      this.state = state;
    }
  }

  /** The connection that was: its past can still be paged through. */
  #closed;

  /** Whether what a connection tells belongs to what is shown. */
  #isOf(connection) {
    return connection === this.#connection || connection === this.#closed;
  }

  clear() {
    this.#closed = undefined;
    this.#log.clear();
    this.#unread.clear();
    this.#find(".older").hidden = true;
    this.#find("textarea").value = "";
    [this.#waiting, this.#unsaid] = [[], []];
    this.say();
  }

  /** Shows an error as the service says it; without one, the last is taken away. */
  say(error) {
    this.#shown = error;
    this.#find(".error").hidden = !error;
    this.#find(".error p").textContent = error ? fault(error) : "";
  }

  /** Puts the focus where one goes on: where one writes, on the next button, or on what has been said. */
  focus() {
    const next = [this.#find("textarea"), ...this.#section.querySelectorAll(".actions button")];
    const shown = next.find(isShown);
    (shown ?? this.#find(".scroll")).focus({ preventScroll: true });
  }

  /** Whether the focus is here, on something that is still shown. */
  get hasFocus() {
    const focused = document.activeElement;
    return this.#section.contains(focused) && isShown(focused);
  }

  #find(selector) {
    return this.#section.querySelector(selector);
  }

  #take(items) {
    const added = this.#log.take(items);
    this.#find(".empty").hidden = true;
    this.#events.items(items);
    const fresh = added.filter((item) => item.Type === "MESSAGE" && !isPast(item));
    for (const item of fresh.filter((item) => item.ParticipantId !== this.#me)) {
      this.#hideTyping(item.ParticipantId);
      const receipt = this.#log.receipt(item.Id);
      if (!receipt) {
        this.#announce(item);
        this.#connection?.tell("message.delivered", item.Id).catch(() => {});
      }
      if (receipt !== "read") {
        this.#unread.add(item.Id);
      }
    }
    this.#read();
    if (added.some((item) => eventOf(item) === "chat.ended" && !isPast(item))) {
      this.#hideTyping();
    }
  }

  #announce(item) {
    const news = this.#find(".news");
    news.append(element("p", "", `${item.DisplayName}: ${item.Content}`));
    while (news.childElementCount > MOST_NEWS) {
      news.firstElementChild.remove();
    }
  }

  // Reading: what is shown counts as read once somebody is at this side, by pointer or by focus.

  #attend() {
    for (const event of ["focusin", "pointerenter", "pointerdown"]) {
      this.#section.addEventListener(event, () => this.#read());
    }
    document.addEventListener("visibilitychange", () => this.#read());
  }

  #read() {
    const here = this.#section.matches(":hover, :focus-within");
    if (!this.#connection || !here || document.visibilityState !== "visible") {
      return;
    }
    for (const id of this.#unread) {
      this.#connection.tell("message.read", id).catch(() => this.#unread.add(id));
    }
    this.#unread.clear();
  }

  // Writing.

  #write() {
    const box = this.#find("textarea");
    this.#find(".composer").onsubmit = (event) => {
      event.preventDefault();
      this.#send();
    };
    box.onkeydown = (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        this.#send();
      }
    };
    box.oninput = () => {
      const now = Date.now();
      if (box.value && this.#connection && now - this.#typedAt > TYPING_EVERY) {
        this.#typedAt = now;
        this.#connection.tell("typing").catch(() => {});
      }
    };
  }

  /** Says what has been written, after what waits already. */
  #send() {
    const box = this.#find("textarea");
    const text = box.value;
    const connection = this.#connection;
    if (!text.trim() || !connection) {
      return;
    }
    const messages = this.#messages(text);
    box.value = "";
    box.focus();
    this.#unsaid = [];
    this.#typedAt = 0;
    this.#waiting.push(...messages);
    if (this.#waiting.length === messages.length) {
      this.#sayAll(connection);
    }
  }

  /** A text as messages. What was put back may have been heard: unless it was changed it is the same message again. */
  #messages(text) {
    const message = (content) => ({ content, clientToken: crypto.randomUUID() });
    const again = lines(this.#unsaid);
    if (this.#unsaid.length === 0 || !`${text}\n`.startsWith(`${again}\n`)) {
      return [message(text)];
    }
    const rest = text.slice(again.length + 1);
    return rest.trim() ? [...this.#unsaid, message(rest)] : this.#unsaid;
  }

  /** Says what waits, one after the other. What could not be said is put back, with all that was to follow it. */
  async #sayAll(connection) {
    const waiting = this.#waiting;
    try {
      for (; waiting.length > 0; waiting.shift()) {
        await this.#sayOne(connection, waiting[0]);
      }
    } catch (error) {
      if (!this.#isOf(connection)) {
        return;
      }
      const box = this.#find("textarea");
      this.#unsaid = waiting.splice(0);
      box.value = lines(this.#unsaid) + (box.value && `\n${box.value}`);
      this.#failure = error;
      this.say(error);
    }
  }

  async #sayOne(connection, { content, clientToken }) {
    const { Id, AbsoluteTime } = await connection.say(content, clientToken);
    const said = { Id, AbsoluteTime, Type: "MESSAGE", Content: content, ContentType: "text/plain" };
    if (this.#isOf(connection)) {
      this.#log.take([{ ...said, ParticipantId: this.#me, ParticipantRole: this.#role }]);
      this.#log.toEnd();
      // What else is wrong still is.
      if (this.#shown === this.#failure) {
        this.say();
      }
    }
  }

  // Others typing.

  #showTyping(item) {
    if (item.ParticipantId === this.#me) {
      return;
    }
    const line = this.#find(".typing");
    line.replaceChildren(element("bdi", "", item.DisplayName || "Somebody"), " is typing…");
    line.dataset.who = item.ParticipantId;
    clearTimeout(this.#hush);
    this.#hush = setTimeout(() => this.#hideTyping(), TYPING_FOR);
  }

  #hideTyping(who) {
    const line = this.#find(".typing");
    if (!who || line.dataset.who === who) {
      line.textContent = "";
    }
  }

  // The past: read when its button comes into view, or when the button is pressed.

  #pageBack() {
    const button = this.#find(".older");
    const root = this.#find(".scroll");
    const sight = new IntersectionObserver(
      (entries) => entries.some((entry) => entry.isIntersecting) && this.#older(),
      { root, rootMargin: "80px 0px 0px 0px" },
    );
    sight.observe(button);
    this.#again = () => {
      sight.unobserve(button);
      sight.observe(button);
    };
    button.onclick = () => this.#older();
  }

  /** Looks anew whether the button is in view. */
  #again = () => {};

  async #older() {
    const connection = this.#connection ?? this.#closed;
    const button = this.#find(".older");
    if (this.#loading || button.hidden || !connection) {
      return;
    }
    this.#loading = true;
    const hadFocus = document.activeElement === button;
    try {
      await connection.older();
      if (hadFocus && button.hidden) {
        this.#find(".scroll").focus({ preventScroll: true });
      }
      this.#again();
    } catch (error) {
      this.say(error);
    } finally {
      this.#loading = false;
    }
  }
}

/** Messages as they stand in the box. */
function lines(messages) {
  return messages.map(({ content }) => content).join("\n");
}

/** Whether something can be seen, and so have the focus. */
export function isShown(element) {
  return element.getClientRects().length > 0;
}
