// Wrong use: the message names the argument and what is accepted, and the process ends with 2.

export class Refusal extends Error {}

/** A whole number in its range; `others` is what is accepted beside numbers. */
export function number(option, text, least, most, others = "") {
  if (/^[0-9]+$/.test(text) && Number(text) >= least && Number(text) <= most) return Number(text);
  const range = `whole numbers from ${least} to ${most}`;
  throw new Refusal(`invalid value '${text}' for '${option}': ${others}${range} are accepted`);
}
