// `js-workers`: worker_threads, an isolate each; whoever is idle gets the next dispatch as a message and sends its results back.

import { Worker, isMainThread, parentPort, workerData } from "node:worker_threads";
import { main } from "./poolbench/guest.mjs";
import { outcomes } from "./poolbench/jobs.mjs";
import { Queue } from "./poolbench/queue.mjs";
import { workOf } from "./poolbench/work.mjs";

const pool = {
  crew: [],
  idle: [],
  waiting: new Queue(),

  async start(jobs) {
    this.crew = Array.from({ length: jobs.workers }, () => new Worker(new URL(import.meta.url), { workerData: jobs.workload }));
    await Promise.all(this.crew.map((worker) => this.ask(worker)));
    this.idle = [...this.crew];
  },

  batch(jobs) {
    return jobs.feed(async (chunk) => {
      const worker = this.idle.pop() ?? (await new Promise((given) => this.waiting.push(given)));
      const [first, end] = jobs.range(chunk);
      worker.postMessage([first, end]);
      jobs.put(first, await this.ask(worker));
      const next = this.waiting.take();
      if (next) next(worker);
      else this.idle.push(worker);
    });
  },

  /** The worker's next message; an error if it dies instead. */
  ask(worker) {
    return new Promise((said, died) => {
      worker.removeAllListeners();
      worker.once("message", said).once("error", died).once("exit", () => died(new Error("a worker has ended")));
    });
  },

  async stop() {
    await Promise.all(this.crew.map((worker) => worker.terminate()));
  },
};

if (isMainThread) {
  await main(
    {
      name: "js-workers",
      title: "worker_threads, an isolate a worker",
      kind: "isolates",
      library: "node",
      mirrors: "worker_threads.Worker.postMessage",
      ordered: false,
      workloads: ["noop", "compute", "factor", "sleep", "http", "file"],
      chunk: ["n"],
      window: ["all", "n"],
    },
    pool,
  );
} else {
  const work = workOf(workerData);
  parentPort.on("message", async ([first, end]) => {
    const done = await outcomes(work, first, end);
    parentPort.postMessage(done, [done.values.buffer]);
  });
  parentPort.postMessage("up");
}
