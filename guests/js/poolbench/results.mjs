// What the batches came to: times, and the slots folded into counts and a checksum.

import { folded } from "./checksum.mjs";
import { EMPTY } from "./jobs.mjs";
import { FAULTS } from "./fault.mjs";

export class Results {
  #batchNs = [];
  #errors = {};
  #checkNs = 0;
  #checksum = "";

  /** Folds the slots of a batch that took `ns`, and clears them for the next; false if the batch is wrong. */
  add(ns, { slots }) {
    const begun = process.hrtime.bigint();
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
    this.#checkNs += Number(process.hrtime.bigint() - begun);
    return true;
  }

  /** The fields of `done`. */
  fields({ slots, retries, unsent }) {
    const check_ns = this.#checkNs;
    const checksum = this.#checksum;
    return { batch_ns: this.#batchNs, check_ns, jobs: slots.length, checksum, errors: this.#errors, retries, unsent };
  }
}
