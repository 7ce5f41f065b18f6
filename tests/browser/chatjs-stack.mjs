// amazon-connect-chatjs 5.0.0 in Node over a deployed stack's own WebSocket API: the stories. Run by tests/clients/with-stack.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { tellerAt } from "./chatjs-node.mjs";
import { STORIES } from "./chatjs-stories.mjs";

assert.ok(process.env.ENDPOINT, "ENDPOINT names no stack: run tests/clients/with-stack node --test tests/browser/chatjs-stack.mjs");

describe("stories", { concurrency: false }, () => {
  let teller;
  before(async () => (teller = await tellerAt(process.env.ENDPOINT)));
  after(() => teller?.stop());
  for (const [name, story] of Object.entries(STORIES)) {
    test(name, () => story(teller));
  }
});
