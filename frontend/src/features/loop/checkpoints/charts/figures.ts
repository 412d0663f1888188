/** Differences of shares in percentage points, and intervals, as the pages write them. */

import { measure, percent, signed } from "@/shared/text/format";

import type { Comparison } from "../measures";
import { texts } from "../texts";

const words = texts.numbers;

export function points(difference: number): string {
  return words.points(signed(difference * 100, 1));
}

/** A size without a sign, such as a margin: `5 points`. */
export function size(difference: number): string {
  return words.points((difference * 100).toFixed(1).replace(".0", ""));
}

/** Such as `95% −0.4 to +4.6`. */
export function pointsInterval({ low, high }: Pick<Comparison, "low" | "high">): string {
  return words.interval(signed(low * 100, 1), signed(high * 100, 1));
}

/** Such as `95% 60.1% to 91.8%`; null where an end is missing. */
export function shareInterval(low: number | null | undefined, high: number | null | undefined): string | null {
  return typeof low === "number" && typeof high === "number" ? words.interval(percent(low), percent(high)) : null;
}

export function measureInterval(low: number | null | undefined, high: number | null | undefined): string | null {
  return typeof low === "number" && typeof high === "number" ? words.interval(measure(low), measure(high)) : null;
}

/** Such as `+2.1 points (95% −0.4 to +4.6)`. */
export function differenceSentence(compared: Comparison): string {
  return `${points(compared.difference)} (${pointsInterval(compared)})`;
}

/** Of a difference of AUCs, three decimals. */
export function signedInterval({ low, high }: Pick<Comparison, "low" | "high">): string {
  return words.interval(signed(low), signed(high));
}
