// The protocol of a pool (docs/PROTOCOL.md): a pool is three methods, and this calls them between the gates.

import { readSync, writeSync } from "node:fs";
import { Refusal, read } from "./arguments.mjs";
import { Jobs } from "./jobs.mjs";
import { Results } from "./results.mjs";

/** The end of a trial; `kind` is one of "Errors". */
export class Failure extends Error {
  constructor(kind, message) {
    super(message);
    this.kind = kind;
  }
}

/**
 * Does what the command line asks for, and ends the process. `about` is what `--describe` says; the pool's methods
 * `start(jobs)`, `batch(jobs)` and `stop()` may be async, and are timed.
 */
export async function main(about, pool) {
  const args = process.argv.slice(2);
  if (args.length === 1 && args[0] === "--describe") {
    const version = process.versions.node;
    say({ protocol: 1, ...about, version, allocator: "system", stop: "joined" });
    process.exit(0);
  }
  try {
    await gated(about, pool, read(args, about));
    process.exit(0);
  } catch (why) {
    if (why instanceof Refusal) {
      writeSync(2, `error: ${why.message}\n`);
      process.exit(2);
    }
    writeSync(2, `${why?.stack ?? why}\n`);
    say({ event: "error", kind: why.kind ?? kindOf(why), message: String(why?.message ?? why) });
    process.exit(1);
  }
}

async function gated(about, pool, asked) {
  const jobs = new Jobs(asked);
  const { workers, chunk, window } = asked;
  pass({ event: "ready", protocol: 1, pool: about.name, workers, chunk, window });
  pass({ event: "started", start_ns: await timed(() => pool.start(jobs)) });
  const results = new Results();
  for (let batch = 0; batch < asked.batches; batch++) {
    const ns = await timed(() => pool.batch(jobs));
    if (!results.add(ns, jobs)) {
      throw new Failure("internal", `batch ${batch}: jobs did not come back, or the checksum is another`);
    }
  }
  pass({ event: "done", ...results.fields(jobs) });
  pass({ event: "stopped", stop_ns: await timed(() => pool.stop()) });
}

async function timed(step) {
  const begun = process.hrtime.bigint();
  await step();
  return Number(process.hrtime.bigint() - begun);
}

/** Says an event and waits for the reply, blocking: workers keep still too. At the end of file nobody waits any more. */
function pass(event) {
  say(event);
  const byte = new Uint8Array(1);
  let reply = "";
  // One byte more than a reply is enough to see that it is none.
  while (reply.length < 4 && !reply.endsWith("\n") && next(byte)) {
    reply += String.fromCharCode(byte[0]);
  }
  if (reply === "") {
    process.exit(0);
  }
  if (reply !== "go\n") {
    throw new Failure("unsupported", `expected 'go' at a gate, got '${reply}'`);
  }
}

/** Reads one byte of stdin; false at its end. */
function next(byte) {
  for (;;) {
    try {
      return readSync(0, byte) === 1;
    } catch (why) {
      // Whoever gave us a pipe that does not block is asked again a millisecond later.
      if (why.code !== "EAGAIN") throw why;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}

function say(object) {
  try {
    writeSync(1, `${JSON.stringify(object)}\n`);
  } catch (why) {
    // Nobody reads any more.
    process.exit(why.code === "EPIPE" ? 0 : 1);
  }
}

function kindOf(why) {
  const isLimit = why instanceof RangeError || ["ERR_WORKER_INIT_FAILED", "ERR_WORKER_OUT_OF_MEMORY"].includes(why?.code);
  return isLimit ? "limit" : "internal";
}
