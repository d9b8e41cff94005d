// A step of splitmix64 in halves of 32 bits: numbers of 64 bits (BigInt) would take twenty times as long.

/** The last number that `of` made. */
export const mixed = {
  high: 0,
  low: 0,

  of(high, low) {
    const sum = (low >>> 0) + 0x7f4a7c15;
    this.high = (high + 0x9e3779b9 + (sum >= 2 ** 32 ? 1 : 0)) | 0;
    this.low = sum | 0;
    this.shifted(30);
    this.times(0xbf58476d, 0x1ce4e5b9);
    this.shifted(27);
    this.times(0x94d049bb, 0x133111eb);
    this.shifted(31);
  },

  /** x = x xor (x >> by) */
  shifted(by) {
    this.low ^= (this.low >>> by) | (this.high << (32 - by));
    this.high ^= this.high >>> by;
  },

  /** The lower 64 bits of the product; the halves of `low` times those of `b` are what carries into the upper 32. */
  times(a, b) {
    const [low, high] = [this.low, this.high];
    const [l0, l1, b0, b1] = [low & 0xffff, low >>> 16, b & 0xffff, b >>> 16];
    const right = l1 * b0 + ((l0 * b0) >>> 16);
    const left = l0 * b1 + (right & 0xffff);
    const carried = l1 * b1 + (right >>> 16) + (left >>> 16);
    this.high = (carried + Math.imul(low, a) + Math.imul(high, b)) | 0;
    this.low = Math.imul(low, b);
  },
};
