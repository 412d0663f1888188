import { useCallback } from "react";
import { useSearchParams } from "react-router";

/** The filters, the order and the place in the list, as the address has them and as the server takes them. */
export type Asked = Readonly<Record<string, string>>;

/** What a filter only means beside another goes when the other goes. */
const NEEDS: Readonly<Record<string, readonly string[]>> = { generation: ["stratum", "state"], checkpoint: ["score_min", "score_max"] };
const BY_SCORE = ["score", "-score"];

export function askedOf(search: URLSearchParams): Asked {
  return Object.fromEntries([...search].filter(([, value]) => value !== ""));
}

/** The same with some filters changed, from the first page on; null takes a filter off. */
export function narrowed(asked: Asked, changes: Readonly<Record<string, string | null>>): Asked {
  const { cursor: _, ...others } = asked;
  const now = new Map(Object.entries({ ...others, ...changes }).filter((pair): pair is [string, string] => Boolean(pair[1])));
  for (const [name, needing] of Object.entries(NEEDS)) if (!now.has(name)) needing.forEach((each) => now.delete(each));
  if (!now.has("checkpoint") && BY_SCORE.includes(now.get("sort") ?? "")) now.delete("sort");
  return Object.fromEntries(now);
}

export interface Narrowing {
  readonly asked: Asked;
  /** `typed`: one entry of the browser's history for all that is typed, not one a letter. */
  readonly change: (changes: Readonly<Record<string, string | null>>, typed?: boolean) => void;
}

/** The list as the address asks for it: every view of it can be sent to somebody, and the browser's Back goes back. */
export function useAddress(): Narrowing {
  const [search, setSearch] = useSearchParams();
  const change = useCallback<Narrowing["change"]>(
    (changes, typed = false) => setSearch((now) => narrowed(askedOf(now), changes), { replace: typed, preventScrollReset: true }),
    [setSearch],
  );
  return { asked: askedOf(search), change };
}

/** The day at which a time of the address falls here, `2026-03-02`; `ends` for one that is left out itself. */
export function dayOf(iso: string | undefined, ends = false): string {
  const at = new Date(Date.parse(iso ?? "") - (ends ? 1 : 0));
  if (Number.isNaN(at.getTime())) return "";
  const two = (value: number) => String(value).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

/** When a day begins here, or the day after it. */
export function startOf(day: string, after = false): string | null {
  const [year = NaN, month = NaN, date = NaN] = day.split("-").map(Number);
  const at = new Date(year, month - 1, date + (after ? 1 : 0));
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
}
