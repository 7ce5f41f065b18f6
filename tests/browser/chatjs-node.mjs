// amazon-connect-chatjs in Node, with what it expects of a browser put in place.

import { createRequire } from "node:module";

import WebSocket from "ws";

import { Backend } from "./backend.mjs";
import { configure, openSession } from "./recorder.js";
import { startServer } from "./server.mjs";
import { layWire } from "./wire.mjs";

let connect;

/** The library, loaded once. */
function library() {
  if (!connect) {
    globalThis.window = globalThis;
    globalThis.self = globalThis;
    const value = { onLine: true, userAgent: "node" };
    Object.defineProperty(globalThis, "navigator", { value, configurable: true });
    globalThis.WebSocket = WebSocket;
    createRequire(import.meta.url)("amazon-connect-chatjs");
    connect = globalThis.connect;
  }
  return connect;
}

/** A server, a wire to its WebSockets, and sessions of the library. */
export async function nodeTeller(options = {}) {
  const wire = await layWire();
  const settings = { WEBSOCKET_URL: `ws://127.0.0.1:${wire.port}/websocket` };
  const server = await startServer({ ...options, settings });
  wire.lead(server.port);
  const teller = sessionsAt(server.url);
  return {
    ...teller,
    server,
    wire,
    settings,
    async stop() {
      teller.stop();
      wire.stop();
      await server.stop();
    },
  };
}

/** The same of a service that runs already. It gives its clients its own address, and they open their WebSockets by the wire. */
export async function tellerAt(url) {
  const wire = await layWire();
  const port = Number(new URL(url).port);
  wire.lead(port);
  const teller = sessionsAt(url);
  globalThis.WebSocket = class extends WebSocket {
    constructor(address, ...rest) {
      super(address.replace(`//127.0.0.1:${port}/`, `//127.0.0.1:${wire.port}/`), ...rest);
    }
  };
  return {
    ...teller,
    wire,
    stop() {
      teller.stop();
      wire.stop();
      globalThis.WebSocket = WebSocket;
    },
  };
}

/** Sessions of the library with the service at this address. */
function sessionsAt(url) {
  const region = configure(library(), url);
  const paths = [];
  const plain = globalThis.fetch;
  globalThis.fetch = (resource, ...rest) => {
    paths.push(new URL(resource.url ?? resource).pathname);
    return plain(resource, ...rest);
  };
  const opened = [];
  return {
    backend: new Backend(url),
    calls: (path) => paths.filter((each) => each === path).length,
    async open(details) {
      const { session, events, call } = openSession(connect, region, details);
      opened.push(session);
      return {
        call,
        recorded: events,
        events: async (name) => events.filter((event) => event.name === name).map(({ data }) => data),
      };
    },
    stop() {
      globalThis.fetch = plain;
      for (const session of opened) {
        session.cleanUpOnParticipantDisconnect?.();
        session.controller?.breakConnection?.();
      }
    },
  };
}
