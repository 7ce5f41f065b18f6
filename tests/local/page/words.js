// What the page says of events, times and endings, in words.

import { eventOf } from "./transcript.js";

const CLOCK = { hour: "2-digit", minute: "2-digit" };
const DAY = { day: "numeric", month: "short", year: "numeric" };

/** 18:05 */
export function clock(time) {
  return new Date(time).toLocaleTimeString("en-GB", CLOCK);
}

/** 22 Nov 2026 */
export function day(time) {
  return new Date(time).toLocaleDateString("en-GB", DAY);
}

/** What an event says to a reader; none if it says nothing that another event does not. */
export function sentence(item) {
  const who = item.DisplayName || "Somebody";
  switch (eventOf(item)) {
    case "participant.joined":
      return `${who} joined`;
    case "participant.left":
      return `${who} left`;
    case "participant.invited":
      return undefined;
    case "transfer.succeeded":
      return "The chat was transferred";
    case "transfer.failed":
      return "The chat could not be transferred";
    case "chat.ended":
      return "The chat ended";
    default:
      return undefined;
  }
}

/** How a chat came to its end. */
export function ending(reason) {
  switch (reason) {
    case "CUSTOMER_DISCONNECT":
      return "ended by the customer";
    case "API":
      return "ended by the agent";
    case "EXPIRED":
      return "ended: its time was up";
    case "CUSTOMER_CONNECTION_NOT_ESTABLISHED":
      return "ended: nobody came";
    default:
      return "ended";
  }
}

/** An error as the service says it. */
export function fault(error) {
  return error.type ? `${error.type}: ${error.message}` : `${error.name}: ${error.message}`;
}
