// Starts local servers for tests, each on a port and with data of its own, and stops them.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const BINARY = `${process.env.CARGO_TARGET_DIR ?? `${ROOT}target`}/debug/local`;

/** A local server with these options; `settings` are variables of its environment. */
export async function startServer({ port = 0, data, options = [], settings = {} } = {}) {
  const store = data ? ["--data", data] : ["--memory"];
  const environment = { ...process.env, RUST_LOG: "error", ...settings };
  const server = spawn(BINARY, ["--port", String(port), ...store, ...options], {
    cwd: ROOT,
    env: environment,
    stdio: ["ignore", "pipe", "inherit"],
  });
  process.once("exit", () => server.kill("SIGKILL"));
  let said = "";
  const url = await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.once("exit", (code) => reject(new Error(`the server ended with ${code}: ${said}`)));
    server.stdout.on("data", (text) => {
      said += text;
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(said);
      if (found) {
        resolve(found[0]);
      }
    });
  });
  const end = async (signal) => {
    if (server.exitCode === null && server.signalCode === null) {
      server.kill(signal);
      await once(server, "exit");
    }
  };
  return { url, port: Number(new URL(url).port), said: () => said, stop: () => end("SIGTERM"), kill: () => end("SIGKILL") };
}
