// The checksum's arithmetic in halves of 32 bits: numbers of 64 bits (BigInt) would take ten times as long.

const WORD = 2 ** 32;

/** The sum of m(m(i) xor r(i)) over all results r(i) that are not negative, as 16 hexadecimal digits. */
export function folded(results) {
  const x = new Int32Array(2);
  let high = 0;
  let low = 0;
  for (let index = 0; index < results.length; index++) {
    const result = results[index];
    if (result >= 0) {
      x[0] = 0;
      x[1] = index;
      mix(x);
      x[0] ^= result / WORD;
      x[1] ^= result;
      mix(x);
      low += x[1] >>> 0;
      high = (high + x[0] + (low >= WORD ? 1 : 0)) | 0;
      low = low >= WORD ? low - WORD : low;
    }
  }
  const digits = (half) => (half >>> 0).toString(16).padStart(8, "0");
  return digits(high) + digits(low);
}

/** A step of splitmix64; x is its upper half and its lower half. */
function mix(x) {
  const sum = (x[1] >>> 0) + 0x7f4a7c15;
  x[0] = x[0] + 0x9e3779b9 + (sum >= WORD ? 1 : 0);
  x[1] = sum;
  shift(x, 30);
  multiply(x, 0xbf58476d, 0x1ce4e5b9);
  shift(x, 27);
  multiply(x, 0x94d049bb, 0x133111eb);
  shift(x, 31);
}

/** x = x xor (x >> by) */
function shift(x, by) {
  x[1] ^= (x[1] >>> by) | (x[0] << (32 - by));
  x[0] ^= x[0] >>> by;
}

/** The lower 64 bits of the product; the quarters of x's lower half times those of b are what carries into the upper. */
function multiply(x, a, b) {
  const low = x[1];
  const l0 = low & 0xffff;
  const l1 = low >>> 16;
  const b0 = b & 0xffff;
  const b1 = b >>> 16;
  const right = l1 * b0 + ((l0 * b0) >>> 16);
  const left = l0 * b1 + (right & 0xffff);
  const carried = l1 * b1 + (right >>> 16) + (left >>> 16);
  x[0] = carried + Math.imul(low, a) + Math.imul(x[0], b);
  x[1] = Math.imul(low, b);
}
