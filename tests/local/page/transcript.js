// What of a chat's transcript has been received so far: every item once, in the order of their times.

const EVENT = "application/vnd.amazonaws.connect.event.";

/** Which event an item is, `chat.ended` for one; none of a message. */
export function eventOf(item) {
  return item.ContentType?.startsWith(EVENT) ? item.ContentType.slice(EVENT.length) : undefined;
}

/** Whether an item is of a past session, and not of the one that runs. */
export function isPast(item) {
  return Boolean(item.RelatedContactId);
}

export class Transcript {
  /** @type {Map<string, object>} */
  #items = new Map();
  /** How far each message has got, by its id: "delivered" or "read". */
  #receipts = new Map();
  /** In the order of their times. */
  ordered = [];

  has(id) {
    return this.#items.has(id);
  }

  /** Takes items from a page or a frame; gives those that are new, and the ids of messages with new receipts. */
  take(items) {
    const added = [];
    const receipts = [];
    for (const item of items) {
      for (const receipt of item.MessageMetadata?.Receipts ?? []) {
        const message = item.MessageMetadata.MessageId ?? item.Id;
        if (this.#note(message, receipt)) {
          receipts.push(message);
        }
      }
      if (item.Type === "MESSAGEMETADATA" || !item.Id || this.#items.has(item.Id)) {
        continue;
      }
      this.#items.set(item.Id, item);
      this.ordered.splice(this.#place(item), 0, item);
      added.push(item);
    }
    return { added, receipts };
  }

  /** How far a message has got. */
  receipt(id) {
    return this.#receipts.get(id);
  }

  #note(message, receipt) {
    const before = this.#receipts.get(message);
    const after = receipt.ReadTimestamp ? "read" : receipt.DeliveredTimestamp && (before ?? "delivered");
    if (!after || after === before) {
      return false;
    }
    this.#receipts.set(message, after);
    return true;
  }

  /** Most items are new, and go to the end, or old, and go to the beginning. */
  #place(item) {
    let [low, high] = [0, this.ordered.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.ordered[middle].AbsoluteTime <= item.AbsoluteTime) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
