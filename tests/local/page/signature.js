// Signs a request with AWS Signature Version 4, as backends do, by the browser's own WebCrypto.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html

const ALGORITHM = "AWS4-HMAC-SHA256";

/**
 * @typedef {{id: string, secret: string, region: string, service: string}} Key an access key, and what it signs for
 * @typedef {{method: string, url: URL, headers: Record<string, string>, body: string}} Request
 *   with names of headers in lower case, `host` and `x-amz-date` among them
 */

/**
 * What belongs into the header `authorization` of a request.
 * @param {Request} request
 * @param {Key} key
 */
export async function authorization(request, key) {
  const at = request.headers["x-amz-date"];
  const scope = [at.slice(0, 8), key.region, key.service, "aws4_request"];
  const names = Object.keys(request.headers).sort();
  const canonical = [
    request.method,
    request.url.pathname.split("/").map(encoded).join("/"),
    canonicalQuery(request.url.searchParams),
    ...names.map((name) => `${name}:${request.headers[name].trim().replace(/ +/g, " ")}`),
    "",
    names.join(";"),
    await sha256(request.body),
  ].join("\n");
  const text = [ALGORITHM, at, scope.join("/"), await sha256(canonical)].join("\n");
  let chain = new TextEncoder().encode(`AWS4${key.secret}`);
  for (const part of [...scope, text]) {
    chain = await mac(chain, part);
  }
  const credential = [key.id, ...scope].join("/");
  return `${ALGORITHM} Credential=${credential}, SignedHeaders=${names.join(";")}, Signature=${hex(chain)}`;
}

/** A time as `x-amz-date` says it. @param {Date} time */
export function amzDate(time) {
  return time.toISOString().replace(/[-:]|\.\d+/g, "");
}

/** The hash of a text's bytes, in hexadecimal digits. @param {string} text */
export async function sha256(text) {
  return hex(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
}

/** Whether the signature of AWS's own published example comes out as published. */
export async function selfTest() {
  const request = {
    method: "GET",
    url: new URL("https://iam.amazonaws.com/?Version=2010-05-08&Action=ListUsers"),
    headers: {
      host: "iam.amazonaws.com",
      "content-type": "application/x-www-form-urlencoded; charset=utf-8",
      "x-amz-date": "20150830T123600Z",
    },
    body: "",
  };
  const secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
  const key = { id: "AKIDEXAMPLE", secret, region: "us-east-1", service: "iam" };
  const published = "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7";
  return (await authorization(request, key)).endsWith(`Signature=${published}`);
}

/** Sorted by name and value, each encoded once. @param {URLSearchParams} parameters */
function canonicalQuery(parameters) {
  const pairs = [...parameters].map((pair) => pair.map(encoded));
  const order = ([a, b], [c, d]) => (a === c ? compare(b, d) : compare(a, c));
  return pairs.sort(order).map((pair) => pair.join("=")).join("&");
}

function compare(one, other) {
  return one < other ? -1 : Number(one > other);
}

/** All but the unreserved characters of RFC 3986 encoded, which encodeURIComponent leaves some of. */
function encoded(text) {
  const code = (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(text).replace(/[!'()*]/g, code);
}

async function mac(key, text) {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const imported = await crypto.subtle.importKey("raw", key, algorithm, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", imported, new TextEncoder().encode(text)));
}

function hex(bytes) {
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
