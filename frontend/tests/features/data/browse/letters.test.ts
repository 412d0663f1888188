import { expect, test } from "vitest";

import type { KnownLabel } from "@/features/data/browse/queries";
import { letterOf } from "@/features/data/browse/solution/letters";

import { KNOWN } from "./recorded";

test("labels are called A to Z, and with a number behind those", () => {
  const labels: KnownLabel[] = Array.from({ length: 53 }, (_, id) => ({ ...KNOWN.labels[0]!, id }));
  expect([0, 1, 25, 26, 27, 52].map((at) => letterOf(labels, labels[at]!))).toEqual(["A", "B", "Z", "A2", "B2", "A3"]);
});
