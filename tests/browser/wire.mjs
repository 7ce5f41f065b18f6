// The wire between clients and a server, which a test can cut: a TCP proxy on loopback.

import { connect, createServer } from "node:net";
import { once } from "node:events";

/** A wire on a port of its own; it leads to the port that `lead` names. */
export async function layWire() {
  const ends = new Set();
  const answers = [];
  let to;
  let down = false;
  const server = createServer((near) => {
    if (down || !to) {
      near.destroy();
      return;
    }
    const far = connect(to, "127.0.0.1");
    far.once("data", (said) => answers.push(/^HTTP\/1\.1 (\d+)/.exec(said)?.[1]));
    for (const [one, other] of [[near, far], [far, near]]) {
      ends.add(one);
      one.on("error", () => {});
      one.on("close", () => {
        ends.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  const cut = () => ends.forEach((end) => end.destroy());
  return {
    port,
    lead: (target) => (to = target),
    /** Cuts what is connected now; what comes next gets through. */
    cut,
    /** Cuts, and lets nothing through until `mend`. */
    break: () => {
      down = true;
      cut();
    },
    mend: () => (down = false),
    get connections() {
      return ends.size / 2;
    },
    /** The status that every connection was answered with: 101 opens a WebSocket. */
    answers,
    stop: () => {
      cut();
      server.close();
    },
  };
}
