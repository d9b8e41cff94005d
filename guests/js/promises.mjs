// `js-promises`: one thread, a promise for each dispatch; a promise waits for its turn, of which there are as many as workers.

import { main } from "./poolbench/guest.mjs";
import { Queue } from "./poolbench/queue.mjs";

const pool = {
  start() {},

  async batch(jobs) {
    let free = jobs.workers;
    const waiting = new Queue();
    const turn = () => (free > 0 ? free-- : new Promise((begin) => waiting.push(begin)));
    const next = () => (waiting.take() ?? (() => free++))();
    await jobs.feed(async (chunk) => {
      await turn();
      await jobs.run(chunk);
      next();
    });
  },

  stop() {},
};

await main(
  {
    name: "js-promises",
    title: "Promise.all, each promise in its turn",
    kind: "async",
    library: "node",
    mirrors: "Promise.all",
    ordered: true,
    workloads: ["noop", "sleep", "http"],
    chunk: ["n"],
    window: ["all", "n"],
  },
  pool,
);
