import type { KnownLabel } from "../queries";

/** What a label is called on the page, wherever it stands: A is the newest; the revision tells those of one pass apart. */
export function letterOf(labels: readonly KnownLabel[], label: KnownLabel): string {
  const place = labels.indexOf(label);
  const letter = String.fromCharCode(65 + (place % 26));
  return place < 26 ? letter : `${letter}${Math.floor(place / 26) + 1}`;
}
