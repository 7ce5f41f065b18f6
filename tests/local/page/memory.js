// What the page keeps: who the customer is, for as long as the browser keeps it; the running chat, for as long as the tab lives.

const CUSTOMER = "customer";
const CHAT = "chat";
const NAMES = "names";

/** The id under which the service knows this browser's customer. */
export function customer() {
  const kept = read(() => localStorage, CUSTOMER);
  if (typeof kept === "string") {
    return kept;
  }
  const made = `browser-${crypto.randomUUID()}`;
  write(() => localStorage, CUSTOMER, made);
  return made;
}

/** The chat that this tab was in, and its participants' tokens; none after its end. */
export function chat() {
  return read(() => sessionStorage, CHAT);
}

export function keepChat(chat) {
  write(() => sessionStorage, CHAT, chat);
}

/** How the two sides are called. */
export function names() {
  return read(() => localStorage, NAMES) ?? {};
}

export function keepNames(names) {
  write(() => localStorage, NAMES, names);
}

// A browser that keeps nothing is no reason not to chat.

function read(storage, key) {
  try {
    return JSON.parse(storage().getItem(key)) ?? undefined;
  } catch {
    return undefined;
  }
}

function write(storage, key, value) {
  try {
    if (value === undefined) {
      storage().removeItem(key);
    } else {
      storage().setItem(key, JSON.stringify(value));
    }
  } catch {
    // Nothing is kept.
  }
}
