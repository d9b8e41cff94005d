// What the batches came to: times, and the slots folded into counts and a checksum.

import { mixed } from "./mix.mjs";
import { EMPTY } from "./jobs.mjs";
import { FAULTS } from "./fault.mjs";

const WORD = 2 ** 32;

export class Results {
  #batchNs = [];
  #errors = {};
  #checkNs = 0;
  #checksum = "";

  /** Folds the slots of a batch that took `ns`, and clears them for the next; false if the batch is wrong. */
  add(ns, { slots }) {
    const begun = process.hrtime.bigint();
    if (slots.includes(EMPTY)) return false;
    let failures = 0;
    for (const slot of slots) {
      if (slot < EMPTY) {
        const word = FAULTS[EMPTY - 1 - slot];
        this.#errors[word] = (this.#errors[word] ?? 0) + 1;
        failures++;
      }
    }
    const checksum = folded(slots);
    if (this.#checksum !== "" && failures === 0 && checksum !== this.#checksum) return false;
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

/** The sum of m(m(i) xor r(i)) over the jobs that did not fail, in two halves of 32 bits. */
function folded(slots) {
  let high = 0;
  let low = 0;
  for (let index = 0; index < slots.length; index++) {
    const result = slots[index];
    if (result >= 0) {
      mixed.of(0, index);
      mixed.of(mixed.high ^ (result / WORD), mixed.low ^ result);
      low += mixed.low >>> 0;
      high = (high + mixed.high + (low >= WORD ? 1 : 0)) | 0;
      low %= WORD;
    }
  }
  const digits = (half) => (half >>> 0).toString(16).padStart(8, "0");
  return digits(high) + digits(low);
}
