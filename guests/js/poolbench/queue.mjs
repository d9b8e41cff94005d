// First in, first out; taking one costs the same however long it is, which `shift` of a long array does not.

export class Queue {
  #waiting = [];
  #first = 0;

  push(item) {
    this.#waiting.push(item);
  }

  /** The oldest; undefined if there is none. */
  take() {
    if (this.#first === this.#waiting.length) {
      this.#waiting = [];
      this.#first = 0;
      return undefined;
    }
    const item = this.#waiting[this.#first];
    this.#waiting[this.#first++] = undefined;
    return item;
  }
}
