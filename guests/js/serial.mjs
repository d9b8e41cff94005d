// `js-serial`: the plain loop, which the other pools in JavaScript are held against.

import { main } from "./poolbench/guest.mjs";

await main(
  {
    name: "js-serial",
    title: "the plain loop in JavaScript",
    kind: "serial",
    library: "node",
    mirrors: "for loop",
    ordered: true,
    workloads: ["noop", "compute", "factor", "sleep", "http", "file"],
    chunk: ["own"],
    window: ["all"],
  },
  { start() {}, batch: (jobs) => jobs.feed((all) => jobs.run(all)), stop() {} },
);
