// What the batches came to: times, and the slots folded into counts and a checksum.

import { folded } from "./checksum.mjs";
import { EMPTY } from "./jobs.mjs";
import { FAULTS } from "./fault.mjs";

/** The clock, ns, and the CPU time of the process, us. */
function now() {
  return [process.hrtime.bigint(), process.cpuUsage()];
}

/**
 * CPU time that this thread can have used since, ns. node of these versions does not tell a thread's own: it is never more than
 * what the clock says, nor than what the process used, whose workers are idle meanwhile.
 */
function since([clock, used]) {
  const { user, system } = process.cpuUsage(used);
  return Math.min(Number(process.hrtime.bigint() - clock), (user + system) * 1000);
}

export class Results {
  #batchNs = [];
  #errors = {};
  #checkNs = 0;
  #checksum = "";

  /** Folds the slots of a batch that took `ns`, and clears them for the next; false if the batch is wrong. */
  add(ns, { slots }) {
    const begun = now();
    if (slots.includes(EMPTY)) return false;
    const failed = slots.filter((slot) => slot < EMPTY);
    for (const slot of failed) {
      const word = FAULTS[EMPTY - 1 - slot];
      this.#errors[word] = (this.#errors[word] ?? 0) + 1;
    }
    const checksum = folded(slots);
    if (this.#checksum !== "" && failed.length === 0 && checksum !== this.#checksum) return false;
    this.#checksum = checksum;
    slots.fill(EMPTY);
    this.#batchNs.push(ns);
    this.#checkNs += since(begun);
    return true;
  }

  /** The fields of `done`. */
  fields({ slots, retries, unsent }) {
    const check_ns = this.#checkNs;
    const checksum = this.#checksum;
    return { batch_ns: this.#batchNs, check_ns, jobs: slots.length, checksum, errors: this.#errors, retries, unsent };
  }
}
