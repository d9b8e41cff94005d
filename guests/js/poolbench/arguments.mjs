// The command line of a pool, read into numbers; what the pool cannot take is refused.

import { check } from "./work.mjs";
import { Refusal, number } from "./refusal.mjs";

export { Refusal };

const MOST = 1e9;
const OPTIONS = ["--workload", "--jobs", "--workers", "--chunk", "--window", "--batches", "--spin-rate"];

/** Chunk and window are 0 for `own` and `all`; `auto` is worked out. */
export function read(args, about) {
  const given = options(args);
  const jobs = number("--jobs", given["--jobs"] ?? "1000", 0, MOST);
  const asked = number("--workers", given["--workers"] ?? "2", 1, 100_000);
  const workers = about.kind === "serial" ? 1 : asked;
  const chunk = chunkOf(given, about.chunk, jobs, workers);
  const window = windowOf(given, about.window);
  const batches = number("--batches", given["--batches"] ?? "1", 1, 1000);
  const workload = given["--workload"] ?? "noop";
  check(workload, about);
  return { workload, jobs, workers, chunk, window: window && Math.max(window, chunk), batches };
}

function options(args) {
  const given = {};
  let gate = false;
  for (let at = 0; at < args.length; at++) {
    if (args[at] === "--gate") {
      gate = true;
    } else if (!OPTIONS.includes(args[at])) {
      const known = OPTIONS.join(", ");
      throw new Refusal(`unknown argument '${args[at]}': --gate, --describe alone, or one of ${known} are accepted`);
    } else if (at + 1 === args.length) {
      throw new Refusal(`${args[at]} needs a value`);
    } else {
      given[args[at]] = args[++at];
    }
  }
  if (!gate) {
    throw new Refusal("give --gate to speak the protocol on stdin and stdout, or --describe alone");
  }
  return given;
}

function chunkOf(given, policies, jobs, workers) {
  const asked = policy(given, "--chunk", policies, "auto", "auto");
  if (asked === "own") return 0;
  if (asked === "auto") return Math.max(1, Math.ceil(jobs / (4 * workers)));
  return number("--chunk", asked, 1, MOST, "own, auto and ");
}

function windowOf(given, policies) {
  const asked = policy(given, "--window", policies, "1024", "");
  return asked === "all" ? 0 : number("--window", asked, 1, MOST, "all and ");
}

/** What was asked for, or the first policy; `or` where that is any number. */
function policy(given, option, policies, or, also) {
  const asked = given[option] ?? (policies[0] === "n" ? or : policies[0]);
  const isNumber = /^[0-9]+$/.test(asked) || asked === also;
  if (policies.includes(asked) || (isNumber && policies.includes("n"))) return asked;
  const takes = `this pool takes ${policies.join(", ")} (n is any number from 1)`;
  throw new Refusal(`invalid value '${asked}' for '${option}': ${takes}`);
}
