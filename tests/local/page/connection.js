// One participant's connection to a chat: what others say arrives over a WebSocket, or, where there is none, by asking.

import * as service from "./service.js";
import { eventOf, isPast } from "./transcript.js";

const POLL_EVERY = 1_000;
const HEARTBEAT_EVERY = 10_000;
/** How long a socket may take to open, and then to have its subscription acknowledged. */
const OPEN_WITHIN = 10_000;
const SUBSCRIBED_WITHIN = 5_000;
/** How long is waited before what has failed is tried again, at first and at most. */
const WAIT = [500, 8_000];
/** A connection is renewed this long before it expires. */
const EARLY = 60_000;
/** How long after a leave the end is waited for before it is asked for. */
const END_WITHIN = 2_000;

/**
 * Calls its listener with what happens:
 * `items(list)` of the transcript, some perhaps again; `typing(item)`; `older(there is more)`; `ended()` once;
 * `state("connecting" | "live" | "polling")`: the last two only once nothing is missing.
 */
export class Connection {
  #participantToken;
  #listener;
  #token;
  #socket;
  #open = true;
  #next;
  /** The ids of all items that have come. */
  #taken = new Set();
  /** How news come at the moment; the listener is told once what came before them is read, too. */
  #way = "connecting";
  /** The newest page before which nothing is missing: back to here the transcript is read after a gap. */
  #anchor;
  /** Catch-ups, in the order in which they began: the newest, and the one that the anchor is of. */
  #begun = 0;
  #reached = 0;
  #timers = new Map();
  #waits = new Map();

  constructor(participantToken, listener) {
    this.#participantToken = participantToken;
    this.#listener = listener;
  }

  /** Connects, and reads the newest page. Fails as the service does. */
  async open() {
    await this.#connect();
    this.#caughtUp(await this.#catchUp());
  }

  /** Stops listening; the participant stays in the chat. */
  close() {
    this.#open = false;
    this.#timers.forEach(clearTimeout);
    this.#timers.clear();
    this.#socket?.close(1000);
  }

  async say(content, clientToken) {
    return service.sendMessage(this.#token, content, clientToken);
  }

  async tell(event, messageId) {
    return service.sendEvent(this.#token, event, messageId);
  }

  /** Leaves the chat. Whether that ended it, the service says. */
  async leave() {
    await service.leave(this.#token);
    this.#after("end", END_WITHIN, () => this.#refresh());
  }

  /** Whether there is more of the past to read. */
  get hasOlder() {
    return Boolean(this.#next);
  }

  /** Reads back to a page that shows something new; a token from before the end is good after it, too. */
  async older() {
    let found = false;
    while (this.#next && !found) {
      const page = await service.transcript(this.#token, this.#next);
      this.#next = page.NextToken;
      found = this.#take(page.Transcript);
      this.#listener.older(this.hasOlder);
    }
  }

  async #connect() {
    this.#interrupted();
    const { token, url, until } = await service.connect(this.#participantToken);
    if (!this.#open) {
      return;
    }
    this.#token = token;
    if (url) {
      this.#listen(url);
    } else {
      this.#way = "polling";
      this.#after("refresh", POLL_EVERY, () => this.#refresh());
    }
    // Timers hold 31 bits: days ahead are no concern of an open page.
    const left = Math.max(Date.parse(until) - Date.now() - EARLY, EARLY);
    this.#after("renewal", Math.min(left, 2 ** 31 - 1), () => this.#again());
  }

  #interrupted() {
    this.#way = "connecting";
    this.#listener.state("connecting");
  }

  #listen(url) {
    const socket = new WebSocket(url);
    this.#socket?.close(1000);
    this.#socket = socket;
    const send = (...frames) => frames.forEach((frame) => socket.send(JSON.stringify(frame)));
    const beat = () => {
      if (socket.readyState === WebSocket.OPEN) {
        send({ topic: "aws/ping" }, { topic: "aws/heartbeat" });
        this.#after("silence", HEARTBEAT_EVERY, () => socket.close());
        this.#after("heartbeat", HEARTBEAT_EVERY, beat);
      }
    };
    this.#after("subscription", OPEN_WITHIN, () => socket.close());
    socket.onopen = () => {
      this.#after("subscription", SUBSCRIBED_WITHIN, () => socket.close());
      send({ topic: "aws/subscribe", content: { topics: ["aws/chat"] } });
      beat();
    };
    socket.onmessage = ({ data }) => {
      if (this.#socket === socket) {
        this.#after("silence", 2 * HEARTBEAT_EVERY, () => socket.close());
        this.#frame(JSON.parse(data));
      }
    };
    socket.onclose = () => {
      if (this.#socket === socket && this.#open) {
        this.#interrupted();
        this.#later("socket", () => this.#again());
      }
    };
  }

  #frame(frame) {
    if (frame.topic === "aws/subscribe" && frame.content?.status === "success") {
      this.#done("subscription");
      this.#done("socket");
      this.#way = "live";
      // What came between the last page and this subscription.
      this.#refresh();
    } else if (frame.topic === "aws/chat") {
      this.#receive(JSON.parse(frame.content));
    }
  }

  #receive(item) {
    const event = eventOf(item);
    if (event === "typing") {
      this.#listener.typing(item);
    } else if (event === "chat.rehydrated") {
      this.#rehydrate();
    } else {
      this.#take([item]);
    }
  }

  /** The chat has got a past while it runs. Only a reading that begins after that comes to it, so this one begins anew. */
  async #rehydrate() {
    const page = await service.transcript(this.#token).catch(() => undefined);
    if (page) {
      this.#next = page.NextToken;
      this.#take(page.Transcript);
      this.#listener.older(this.hasOlder);
    }
  }

  /** Connects anew. That it is refused means that the chat has ended meanwhile. */
  async #again() {
    try {
      await this.#connect();
    } catch (error) {
      if (error.status === 403) {
        this.#end();
      } else {
        this.#later("socket", () => this.#again());
      }
    }
  }

  /** Reads what is new, and tries again until it could. */
  async #refresh() {
    try {
      this.#caughtUp(await this.#catchUp());
    } catch (error) {
      if (!this.#open) {
        return;
      }
      if (error.status === 403) {
        await this.#again();
      } else {
        this.#listener.state("connecting");
        this.#later("refresh", () => this.#refresh());
      }
    }
  }

  /** Nothing is missing any more, unless a newer catch-up is still to tell. */
  #caughtUp(isNewest) {
    if (!isNewest || !this.#open) {
      return;
    }
    this.#done("refresh");
    this.#listener.state(this.#way);
    if (this.#way === "polling") {
      this.#after("refresh", POLL_EVERY, () => this.#refresh());
    }
  }

  /**
   * Reads pages back from the newest item until one meets the anchor; the first time only one page. Only then the anchor
   * moves, and only to the first of these pages: what is told meanwhile may have a gap before it. Tells whether no other
   * catch-up has begun since.
   */
  async #catchUp() {
    const turn = (this.#begun += 1);
    let newest;
    let token;
    do {
      const page = await service.transcript(this.#token, token);
      const { Transcript: items, NextToken } = page;
      const met = !this.#anchor || items.some((item) => isPast(item) || this.#anchor.has(item.Id));
      newest ??= new Set(items.map(({ Id }) => Id));
      if (!this.#anchor) {
        this.#anchor = newest;
        this.#next = NextToken;
        this.#listener.older(this.hasOlder);
      }
      this.#take(items);
      token = met ? undefined : NextToken;
    } while (token);
    if (turn > this.#reached) {
      this.#reached = turn;
      this.#anchor = newest;
    }
    return turn === this.#begun;
  }

  /** Hands items on; whether any of them had not come before. */
  #take(items) {
    const before = this.#taken.size;
    items.forEach(({ Id }) => this.#taken.add(Id));
    this.#listener.items(items);
    if (items.some((item) => eventOf(item) === "chat.ended" && !isPast(item))) {
      this.#end();
    }
    return this.#taken.size > before;
  }

  #end() {
    if (this.#open) {
      this.close();
      this.#listener.ended();
    }
  }

  #after(name, milliseconds, task) {
    clearTimeout(this.#timers.get(name));
    if (this.#open) {
      this.#timers.set(name, setTimeout(task, milliseconds));
    }
  }

  /** Tries again what has failed, each time after a longer wait. */
  #later(name, task) {
    const wait = this.#waits.get(name) ?? WAIT[0];
    this.#waits.set(name, Math.min(2 * wait, WAIT[1]));
    this.#after(name, wait, task);
  }

  /** What was waited for has come. */
  #done(name) {
    clearTimeout(this.#timers.get(name));
    this.#waits.delete(name);
  }
}
