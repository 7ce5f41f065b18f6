// The page's modules that need no browser: signatures, and the order of a transcript.

import assert from "node:assert/strict";
import { test } from "node:test";

import { amzDate, selfTest } from "../local/page/signature.js";
import { eventOf, isPast, Transcript } from "../local/page/transcript.js";

test("a signature comes out as AWS publishes it", async () => {
  assert.equal(await selfTest(), true);
  assert.equal(amzDate(new Date(Date.UTC(2015, 7, 30, 12, 36, 0, 123))), "20150830T123600Z");
});

const item = (number, more = {}) => ({
  Id: `item-${number}`,
  AbsoluteTime: `2026-01-01T00:00:${String(number).padStart(2, "0")}.000Z`,
  Type: "MESSAGE",
  Content: String(number),
  ...more,
});
const order = (transcript) => transcript.ordered.map(({ Content }) => Number(Content));

test("items come in any order and more than once, and stand there once, in order", () => {
  const transcript = new Transcript();
  assert.equal(transcript.take([item(5), item(6)]).added.length, 2);
  assert.equal(transcript.take([item(6), item(7)]).added.length, 1);
  transcript.take([item(1), item(2)]);
  transcript.take([item(4), item(3), item(5)]);
  assert.deepEqual(order(transcript), [1, 2, 3, 4, 5, 6, 7]);
});

test("items of one moment keep the order in which they came", () => {
  const transcript = new Transcript();
  const same = { AbsoluteTime: "2026-01-01T00:00:09.000Z" };
  transcript.take([item(1, same), item(2, same), item(3, same)]);
  assert.deepEqual(order(transcript), [1, 2, 3]);
});

test("a receipt goes from delivered to read and never back, from a frame or from a page", () => {
  const transcript = new Transcript();
  const metadata = (receipt) => ({
    Id: "receipt",
    Type: "MESSAGEMETADATA",
    MessageMetadata: { MessageId: "item-1", Receipts: [receipt] },
  });
  transcript.take([item(1)]);
  assert.equal(transcript.receipt("item-1"), undefined);
  assert.deepEqual(transcript.take([metadata({ DeliveredTimestamp: "t" })]).receipts, ["item-1"]);
  assert.equal(transcript.receipt("item-1"), "delivered");
  transcript.take([metadata({ DeliveredTimestamp: "t", ReadTimestamp: "t" })]);
  assert.deepEqual(transcript.take([metadata({ DeliveredTimestamp: "t" })]).receipts, []);
  assert.equal(transcript.receipt("item-1"), "read");
  const page = item(2, { MessageMetadata: { MessageId: "item-2", Receipts: [{ ReadTimestamp: "t" }] } });
  assert.deepEqual(transcript.take([page]), { added: [page], receipts: ["item-2"] });
  assert.deepEqual(order(transcript), [1, 2]);
});

test("events and past items are told from others", () => {
  const ended = { ContentType: "application/vnd.amazonaws.connect.event.chat.ended", RelatedContactId: "c" };
  assert.equal(eventOf(ended), "chat.ended");
  assert.equal(eventOf({ ContentType: "text/plain" }), undefined);
  assert.equal(isPast(ended), true);
  assert.equal(isPast({ ContactId: "c" }), false);
});
