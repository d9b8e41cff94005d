// The jobs of a batch as a pool sees them: dispatches to be run, in any order, in any isolate, each once.

import { FAULTS, Fault, tally, workOf } from "./work.mjs";

/** A slot that no result has reached; failed jobs are the numbers below it. No result is negative. */
export const EMPTY = -1;

export class Jobs {
  #asked;
  #work;

  constructor(asked) {
    this.#asked = asked;
    this.#work = workOf(asked.workload);
    this.slots = new Float64Array(asked.jobs).fill(EMPTY);
    this.retries = 0;
    this.unsent = 0;
  }

  /** What each job does, as `workOf` in another isolate takes it. */
  get workload() {
    return this.#asked.workload;
  }

  /** The most jobs that may run at once. */
  get workers() {
    return this.#asked.workers;
  }

  /** Dispatches in the batch, as `--chunk` cuts it; one where the pool splits by itself. */
  get chunks() {
    return Math.ceil(this.slots.length / (this.#asked.chunk || Infinity)) || Math.min(1, this.slots.length);
  }

  /** The first job of a dispatch and the one after its last. */
  range(chunk) {
    const size = this.#asked.chunk || this.slots.length;
    return [chunk * size, Math.min((chunk + 1) * size, this.slots.length)];
  }

  /** Runs the jobs of a dispatch here, one after another. */
  async run(chunk) {
    const [first, end] = this.range(chunk);
    this.put(first, await outcomes(this.#work, first, end));
  }

  /** Delivers what `outcomes` gave for the jobs from `first` on. */
  put(first, { values, retries, unsent }) {
    this.slots.set(values, first);
    this.retries += retries;
    this.unsent += unsent;
  }

  /** Submits every dispatch and waits for all; never more are open than `--window` allows, the oldest goes first. */
  async feed(submit) {
    const room = this.#asked.window ? Math.floor(this.#asked.window / this.#asked.chunk) : Infinity;
    const open = [];
    for (let chunk = 0; chunk < this.chunks; chunk++) {
      if (open.length === room) await open.shift();
      open.push(submit(chunk));
    }
    await Promise.all(open);
  }
}

/** Runs the jobs from `first` to below `end`; a job that fails is a number below EMPTY. */
export async function outcomes(work, first, end) {
  const values = new Float64Array(end - first);
  for (let index = first; index < end; index++) {
    try {
      const result = work(index);
      values[index - first] = typeof result === "number" ? result : await result;
    } catch (why) {
      values[index - first] = EMPTY - 1 - FAULTS.indexOf(why instanceof Fault ? why.message : "panic");
    }
  }
  return { values, ...tally() };
}
