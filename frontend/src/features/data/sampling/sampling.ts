import type { Sampling } from "@/api/types";
import { NONE } from "@/shared/text/format";

/** Money in the currency of the prices, with the digits that say something: `12.34`, `0.0021`. */
export function money(cost: number | null): string {
  if (cost === null) return NONE;
  return cost >= 1 || cost === 0 ? cost.toFixed(2) : cost.toPrecision(2);
}

/** How many answers could not be kept. */
export function notKept({ failures }: Pick<Sampling, "failures">): number {
  return failures.reduce((sum, { count }) => sum + count, 0);
}
