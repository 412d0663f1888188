/** Differences of shares in percentage points, as the pages write them. */

import { signed } from "@/shared/format";

import type { Comparison } from "./measures";
import { texts } from "./texts";

export function points(difference: number): string {
  return texts.measures.points(signed(difference * 100, 1));
}

/** Such as `+2.1 points (95% −0.4 to +4.6), could have shown 3.5 points`. */
export function comparisonSentence({ difference, low, high, detectable }: Comparison): string {
  const interval = texts.measures.interval(signed(low * 100, 1), signed(high * 100, 1));
  return `${points(difference)} (${interval}), ${texts.measures.detectable(texts.measures.points((detectable * 100).toFixed(1)))}`;
}

/** A difference of AUCs or F1s, three decimals, with its interval. */
export function gainSentence({ difference, low, high }: Comparison): string {
  return `${signed(difference)} (${texts.measures.interval(signed(low), signed(high))})`;
}
