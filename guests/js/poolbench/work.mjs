// What a job is, by the workload's name: "Jobs and results".

import { closeSync, openSync, readSync } from "node:fs";
import { Refusal, number } from "./refusal.mjs";
import { FAULTS, Fault, faultOf } from "./fault.mjs";
import { exchange, target, tally } from "./web.mjs";

export { FAULTS, Fault, tally };

const UNITS = { ns: 1e-6, us: 1e-3, ms: 1, s: 1e3 };
const LONGEST_MS = 3_600_000;
/** Numbers up to 2^53 are exact; an index is below 10^9. */
const LARGEST_FIRST = Number.MAX_SAFE_INTEGER - 1e9;

/** Refuses a workload that the pool does not list; `fail` and `panic` are for tests. */
export function check(text, about) {
  const [name] = text.split(":", 1);
  if (![...about.workloads, "fail", "panic"].includes(name) || ["noop:", "compute:"].some((w) => text.startsWith(w))) {
    throw new Refusal(`invalid value '${text}' for '--workload': ${about.name} runs ${about.workloads.join(", ")}`);
  }
  workOf(text);
}

/** One job: takes its index, returns its result or a promise of it. */
export function workOf(text) {
  const [name] = text.split(":", 1);
  const param = text.includes(":") ? text.slice(name.length + 1) : undefined;
  const whole = (or, least, most) => number(`--workload ${text}`, param ?? `${or}`, least, most);
  switch (name) {
    case "compute":
      return root;
    case "factor":
      return factors(whole(100, 0, LARGEST_FIRST));
    case "sleep":
      return sleep(milliseconds(text, param ?? "100ms"));
    case "http":
      return exchange(target(param ?? ""));
    case "file":
      return file(whole(4096, 1, 2 ** 20));
    case "fail":
      return failing(whole(10, 1, 2 ** 64), () => new Fault("fail"));
    case "panic":
      return failing(whole(10, 1, 2 ** 64), (index) => new Error(`job ${index} throws, as it was asked to`));
    default:
      return (index) => index;
  }
}

function milliseconds(text, span) {
  const [, digits, unit] = /^([0-9]+)(ns|us|ms|s)$/.exec(span) ?? [];
  const ms = Number(digits) * UNITS[unit];
  if (ms <= LONGEST_MS) return ms;
  const accepted = "a whole number and ns, us, ms or s, at most 3600s";
  throw new Refusal(`invalid value '${text}' for '--workload': ${accepted}`);
}

/** Three complex square roots in polar form. */
function root(index) {
  let re = index;
  let im = 1;
  for (let times = 0; times < 3; times++) {
    const s = Math.sqrt(Math.hypot(re, im));
    const half = Math.atan2(im, re) / 2;
    re = s * Math.cos(half);
    im = s * Math.sin(half);
  }
  return Math.floor(2 ** 20 * re + 0.5);
}

function factors(first) {
  return (index) => {
    let n = first + index;
    if (n < 2) return 0;
    let sum = 0;
    for (; n % 2 === 0; n /= 2) sum += 2;
    for (let p = 3; p * p <= n; p += 2) {
      for (; n % p === 0; n /= p) sum += p;
    }
    return n > 1 ? sum + n : sum;
  };
}

/** Timers count whole milliseconds and may come a little early: the rest is waited for again. */
function sleep(ms) {
  return async (index) => {
    const end = performance.now() + ms;
    for (let left = ms; left > 0; left = end - performance.now()) {
      await new Promise((awake) => setTimeout(awake, Math.ceil(left)));
    }
    return index;
  };
}

function file(size) {
  const buffer = new Uint8Array(size);
  return (index) => {
    let descriptor;
    try {
      descriptor = openSync("/proc/self/exe");
      for (let read = 0, more; read < size; read += more) {
        more = readSync(descriptor, buffer, read, size - read);
        if (more === 0) throw new Fault("eof");
      }
      return index + size;
    } catch (why) {
      throw why instanceof Fault ? why : faultOf(why);
    } finally {
      if (descriptor !== undefined) closeSync(descriptor);
    }
  };
}

function failing(every, why) {
  return (index) => {
    if ((index + 1) % every === 0) throw why(index);
    return index;
  };
}
