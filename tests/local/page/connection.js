// One participant's connection to a chat: what others say arrives over a WebSocket, or, where there is none, by asking.

import * as service from "./service.js";
import { eventOf, isPast } from "./transcript.js";

const POLL_EVERY = 1_000;
const HEARTBEAT_EVERY = 10_000;
/** How long a lost socket is waited for, at first and at most. */
const WAIT = [500, 8_000];
/** A connection is renewed this long before it expires. */
const EARLY = 60_000;
/** How long after a leave the end is waited for before it is asked for. */
const END_WITHIN = 2_000;

/**
 * Calls its listener with what happens:
 * `items(list)` of the transcript, some perhaps again; `typing(item)`; `state("connecting" | "live" | "polling")`;
 * `older(there is more)`; `ended()` once.
 */
export class Connection {
  #participantToken;
  #listener;
  #token;
  #socket;
  #open = true;
  #next;
  #known = new Set();
  /** What was known when everything before it was: back to here the transcript is read after a gap. */
  #anchor = new Set();
  #begun = false;
  #timers = new Map();
  #wait = WAIT[0];

  constructor(participantToken, listener) {
    this.#participantToken = participantToken;
    this.#listener = listener;
  }

  /** Connects, and reads the newest page. Fails as the service does. */
  async open() {
    await this.#connect();
    await this.#catchUp();
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

  /** Reads the page before the oldest one; a token from before the end is good after it, too. */
  async older() {
    const token = this.#next;
    if (!token) {
      return;
    }
    const page = await service.transcript(this.#token, token);
    this.#next = page.NextToken;
    this.#take(page.Transcript);
    this.#listener.older(this.hasOlder);
  }

  async #connect() {
    this.#listener.state("connecting");
    this.#anchor = new Set(this.#known);
    const { token, url, until } = await service.connect(this.#participantToken);
    if (!this.#open) {
      return;
    }
    this.#token = token;
    if (url) {
      this.#listen(url);
    } else {
      this.#listener.state("polling");
      this.#after("poll", POLL_EVERY, () => this.#poll());
    }
    // Timers hold 31 bits: days ahead are no concern of an open page.
    const left = Math.max(Date.parse(until) - Date.now() - EARLY, EARLY);
    this.#after("renewal", Math.min(left, 2 ** 31 - 1), () => this.#again());
  }

  async #poll() {
    if (await this.#refresh()) {
      this.#listener.state("polling");
    }
    if (this.#open) {
      this.#after("poll", POLL_EVERY, () => this.#poll());
    }
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
    socket.onopen = () => {
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
        this.#listener.state("connecting");
        this.#after("socket", this.#wait, () => this.#again());
        this.#wait = Math.min(2 * this.#wait, WAIT[1]);
      }
    };
  }

  #frame(frame) {
    if (frame.topic === "aws/subscribe" && frame.content?.status === "success") {
      this.#wait = WAIT[0];
      this.#listener.state("live");
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

  /** The chat has got a past while it runs: the token that leads there comes with its newest page. */
  async #rehydrate() {
    const page = await service.transcript(this.#token).catch(() => undefined);
    if (page && !this.#next) {
      this.#next = page.NextToken;
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
      } else if (this.#open) {
        this.#after("socket", this.#wait, () => this.#again());
        this.#wait = Math.min(2 * this.#wait, WAIT[1]);
      }
    }
  }

  /** Reads what is new; tells whether it could. */
  async #refresh() {
    try {
      await this.#catchUp();
      return this.#open;
    } catch (error) {
      if (error.status === 403) {
        await this.#again();
      } else if (this.#open) {
        this.#listener.state("connecting");
      }
      return false;
    }
  }

  /** Reads pages back from the newest item until one meets what was known before; the first time only one page. */
  async #catchUp() {
    let token;
    do {
      const page = await service.transcript(this.#token, token);
      const met = page.Transcript.some((item) => isPast(item) || this.#anchor.has(item.Id));
      this.#take(page.Transcript);
      token = page.NextToken;
      if (!this.#begun) {
        this.#begun = true;
        this.#next = token;
        this.#listener.older(this.hasOlder);
        break;
      }
      if (met) {
        break;
      }
    } while (token && this.#open);
    this.#anchor = new Set(this.#known);
  }

  #take(items) {
    items.forEach((item) => this.#known.add(item.Id));
    this.#listener.items(items);
    if (items.some((item) => eventOf(item) === "chat.ended" && !isPast(item))) {
      this.#end();
    }
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
}
