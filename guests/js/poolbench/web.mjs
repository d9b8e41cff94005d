// The workload `http`: one GET on a new connection, read to its end and judged, with 1 + 3 attempts.

import { connect } from "node:net";
import { Fault, faultOf } from "./fault.mjs";
import { Refusal } from "./refusal.mjs";

const TIMEOUT_MS = 5000;
const ATTEMPTS = 4;
/** An answer is about 100 bytes; more than this is none of ours. */
const ROOM = 1024;

let retries = 0;
let unsent = 0;

/** Attempts beyond the first, and those that failed before a request was sent, since this was last asked. */
export function tally() {
  const counted = { retries, unsent };
  retries = unsent = 0;
  return counted;
}

/** Where a GET goes, and its bytes. */
export function target(url) {
  const [, authority, host, port, path = "/"] =
    /^http:\/\/(([0-9.]+|\[[0-9a-fA-F:.]+\]):([0-9]{1,5}))(\/[!-~]*)?$/.exec(url) ?? [];
  if (!(Number(port) <= 65_535)) {
    const accepted = "http:http://ADDRESS:PORT/PATH with an address in numbers is accepted";
    throw new Refusal(`invalid value 'http:${url}' for '--workload': ${accepted}`);
  }
  const request = `GET ${path} HTTP/1.1\r\nhost: ${authority}\r\nconnection: close\r\n\r\n`;
  return { host: host.replace(/[[\]]/g, ""), port: Number(port), request };
}

/** The job: again after a refused connection, a reset or an early end, never after an answer. */
export function exchange(to) {
  return async (index) => {
    for (let attempt = 1; ; attempt++) {
      try {
        judge(await answer(to));
        return index;
      } catch (why) {
        if (!["refused", "reset", "eof"].includes(why.message) || attempt === ATTEMPTS) throw why;
        retries++;
      }
    }
  };
}

/** All that comes up to the end of the stream. */
function answer({ host, port, request }) {
  return new Promise((whole, failed) => {
    const socket = connect({ host, port });
    let connected = false;
    let text = "";
    const end = (settle, value) => {
      clearTimeout(timer);
      socket.destroy();
      settle(value);
    };
    const fail = (fault) => {
      if (!connected) unsent++;
      end(failed, fault);
    };
    const timer = setTimeout(() => fail(new Fault("timeout")), TIMEOUT_MS);
    socket.setEncoding("latin1");
    socket.once("connect", () => {
      connected = true;
      socket.write(request);
    });
    socket.on("data", (more) => {
      text += more;
      if (text.length >= ROOM) end(failed, new Fault("body"));
    });
    socket.once("end", () => end(whole, text));
    socket.once("error", (why) => fail(faultOf(why)));
  });
}

function judge(answer) {
  if (!"HTTP/1.".startsWith(answer.slice(0, 7))) throw new Fault("body");
  const head = answer.indexOf("\r\n\r\n");
  if (head < 0) throw new Fault("eof");
  const [, status] = /^HTTP\/1\.[01] ([0-9]{3})[ \r]/.exec(answer) ?? [];
  if (status === undefined) throw new Fault("body");
  if (status !== "200") throw new Fault("status");
  const body = answer.slice(head + 4);
  // The end of the stream is the only mark of the body's end, so a cut body is an early end.
  if (body !== "OK") throw new Fault("OK".startsWith(body) ? "eof" : "body");
}
