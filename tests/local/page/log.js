// The list of a chat's messages, as one of its sides sees it. Text is only ever set as text.

import { eventOf, isPast, Transcript } from "./transcript.js";
import { clock, day, sentence } from "./words.js";

/** As near to the end as counts as being there, in pixels. */
const NEAR = 48;

export class Log {
  #list;
  #scroll;
  #role;
  #transcript = new Transcript();
  #rows = new Map();
  /** Whether the reader is at the end, and how far down he was last. */
  #atEnd = true;
  #top = 0;

  /**
   * @param {HTMLElement} list
   * @param {HTMLElement} scroll what the list scrolls in
   * @param {string} role whose messages stand on the right
   */
  constructor(list, scroll, role) {
    this.#list = list;
    this.#scroll = scroll;
    scroll.addEventListener("scroll", () => this.#isAtEnd(), { passive: true });
    // Whoever is at the end stays there, too, when what stands below grows.
    new ResizeObserver(() => this.#atEnd && this.toEnd()).observe(scroll);
    this.#role = role;
  }

  clear() {
    this.#transcript = new Transcript();
    this.#rows.clear();
    this.#list.replaceChildren();
  }

  has(id) {
    return this.#transcript.has(id);
  }

  get isEmpty() {
    return this.#rows.size === 0;
  }

  /** Shows items in their places; gives those that are new. A reader keeps his place, and at the end stays there. */
  take(items) {
    const scroll = this.#scroll;
    const atEnd = this.#isAtEnd();
    const kept = this.#inView();
    const before = kept?.offsetTop;
    const { added, receipts } = this.#transcript.take(items.filter(isShown));
    added.forEach((item) => this.#insert(item));
    added.forEach((item) => this.#divide(item));
    receipts.forEach((id) => this.#mark(id));
    if (atEnd) {
      this.toEnd();
    } else if (kept) {
      scroll.scrollTop += kept.offsetTop - before;
    }
    return added;
  }

  toEnd() {
    this.#scroll.scrollTop = this.#scroll.scrollHeight;
  }

  /** Only who scrolls up leaves the end: that there is more below, or less room, does not count. */
  #isAtEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroll;
    const stays = this.#atEnd && scrollTop >= this.#top;
    this.#top = scrollTop;
    this.#atEnd = stays || scrollHeight - scrollTop - clientHeight < NEAR;
    return this.#atEnd;
  }

  /** The first item of which something can be seen. */
  #inView() {
    const top = this.#scroll.scrollTop;
    return [...this.#list.children].find((row) => row.offsetTop + row.offsetHeight > top);
  }

  /** What has been received of an item; for the other side's receipts. */
  receipt(id) {
    return this.#transcript.receipt(id);
  }

  #insert(item) {
    const row = this.#row(item);
    const { ordered } = this.#transcript;
    let place = ordered.indexOf(item) + 1;
    while (place < ordered.length && !this.#rows.has(ordered[place].Id)) {
      place += 1;
    }
    this.#list.insertBefore(row, this.#rows.get(ordered[place]?.Id) ?? null);
    this.#rows.set(item.Id, row);
    this.#mark(item.Id);
  }

  #row(item) {
    const row = element("li", isPast(item) ? "past" : "present");
    row.append(element("p", "divider"));
    if (item.Type === "MESSAGE") {
      const own = item.ParticipantRole === this.#role;
      row.classList.add("message", own ? "own" : "other");
      const name = element("bdi", own ? "name unseen" : "name", own ? "You" : item.DisplayName || "?");
      const text = element("p", "text", item.Content ?? "");
      text.dir = "auto";
      const foot = element("p", "foot");
      const time = element("time", "", clock(item.AbsoluteTime));
      time.dateTime = item.AbsoluteTime;
      foot.append(time, element("span", "receipt"));
      row.append(name, text, foot);
    } else {
      row.classList.add("event");
      row.append(element("p", "text", sentence(item)));
    }
    return row;
  }

  #mark(id) {
    const row = this.#rows.get(id);
    if (row?.classList.contains("own") && row.classList.contains("present")) {
      const words = { delivered: "Delivered", read: "Read" };
      const receipt = this.#transcript.receipt(id);
      row.querySelector(".receipt").textContent = words[receipt] ?? "Sent";
    }
  }

  /** Says where another chat or another day begins, before an item and before the one after it. */
  #divide(item) {
    const { ordered } = this.#transcript;
    const place = ordered.indexOf(item);
    for (const at of [place, place + 1]) {
      const row = this.#rows.get(ordered[at]?.Id);
      if (row) {
        const text = heading(ordered[at - 1], ordered[at]);
        const divider = row.querySelector(".divider");
        divider.textContent = text;
        divider.hidden = !text;
      }
    }
  }
}

/** Receipts go with their messages; of events those are shown that say something to a reader. */
function isShown(item) {
  return item.Type === "MESSAGE" || item.Type === "MESSAGEMETADATA" || sentence(item) !== undefined;
}

/** What stands between two items that follow one another. */
function heading(before, item) {
  const other = before?.RelatedContactId !== item.RelatedContactId;
  if (!isPast(item)) {
    return before && other ? "This chat" : "";
  }
  // The contact after a transfer goes on with the chat.
  const goesOn = before && eventOf(before) === "transfer.succeeded";
  const begins = !before || (other && !goesOn);
  return begins || day(before.AbsoluteTime) !== day(item.AbsoluteTime)
    ? `Earlier chat, ${day(item.AbsoluteTime)}`
    : "";
}

export function element(name, classes = "", text = "") {
  const made = document.createElement(name);
  made.className = classes;
  made.textContent = text;
  return made;
}
