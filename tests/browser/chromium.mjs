// Starts Debian's Chromium, with web security on.

import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { chromium } from "playwright-core";

/** Nothing but the page under test is to use the network; root needs --no-sandbox. */
const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** With these arguments besides the usual ones. */
export function startChromium(...more) {
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  return chromium.launch({ executablePath, headless: true, args: [...ARGUMENTS, ...more] });
}

const SCREENSHOTS = fileURLToPath(new URL("../../.ci/out/screenshots/", import.meta.url));

/** Keeps what a page shows as a picture. */
export async function screenshot(page, name) {
  mkdirSync(SCREENSHOTS, { recursive: true });
  const { width } = page.viewportSize();
  await page.screenshot({ path: `${SCREENSHOTS}${name}.png`, fullPage: width < 600 });
}
