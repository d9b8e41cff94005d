// Why a job failed: the classes of `errors` in `done`.

export const FAULTS = ["fail", "panic", "refused", "reset", "eof", "timeout", "addr", "fd", "status", "body", "io"];

/** A failed job; its message is the class. */
export class Fault extends Error {}

const CLASSES = {
  ECONNREFUSED: "refused",
  ECONNRESET: "reset",
  ECONNABORTED: "reset",
  EPIPE: "reset",
  ETIMEDOUT: "timeout",
  EADDRNOTAVAIL: "addr",
  EMFILE: "fd",
  ENFILE: "fd",
};

/** The class of a failed system call. */
export function faultOf(why) {
  return new Fault(CLASSES[why.code] ?? "io");
}
