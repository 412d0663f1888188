/** A generation in words and figures. */

import type { Generation } from "@/api/types";
import { perLanguage } from "@/shared/language/language";
import { count, named, percent } from "@/shared/text/format";

import { texts } from "./texts";

/** Such as `Convincing wrong answers, 8 per problem, 80% wrong`; of one opened ahead the launch will say. */
export function ruleSentence({ state, rule, scope, k, wrong_share }: Pick<Generation, "state" | "rule" | "scope" | "k" | "wrong_share">): string {
  if (state === "ahead") return texts.atLaunch;
  const parts = [named(texts.rules, rule), `${count(k)} ${texts.scopes[scope]}`];
  if (rule === "convincing") parts.push(`${percent(wrong_share, 0)} ${texts.preview.wrong}`);
  return parts.join(", ");
}

/** How many items the generation put up, those it withdrew since included. */
export function picksOf({ items }: Generation): number {
  return items.open + items.leased + items.done + items.withdrawn;
}

export interface Decision {
  readonly promoted: boolean;
  readonly sentence: string;
}

/** The decision on the generation's checkpoint; null before it was taken. */
export function decisionOf({ decision }: Pick<Generation, "decision">): Decision | null {
  const { promoted, sentence } = decision;
  return typeof sentence === "string" ? { promoted: promoted === true, sentence } : null;
}

/** Counts by stratum without those that are not there: in the order of the words, then those that no word is known for. */
export function strata(counts: Readonly<Record<string, number>>): { stratum: string; count: number }[] {
  const names = new Set([...Object.keys(texts.strata), ...Object.keys(counts)]);
  return [...names].flatMap((stratum) => (counts[stratum] ? [{ stratum, count: counts[stratum] }] : []));
}

const GRADE_BLIND = ["uniform", "uncertain"];

/** Whether the share of wrong answers may matter to the rule: one that isn't known here may ask for it. */
export function mayAskForWrong(rule: string): boolean {
  return !GRADE_BLIND.includes(rule);
}

const clockTimes = perLanguage((language) => new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" }));
const days = perLanguage((language) => new Intl.DateTimeFormat(language, { weekday: "short", hour: "2-digit", minute: "2-digit" }));
const dates = perLanguage((language) => new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }));
const DAY = 86_400_000; // ms

/** A moment, in ms, as precise as it is near: the hour, the weekday with it within six days, else the date. */
export function hour(at: number, now = Date.now()): string {
  const off = Math.abs(at - now);
  const format = off < DAY / 2 ? clockTimes : off < 6 * DAY ? days : dates;
  return format().format(at);
}

/** Such as `€52.50`, by the currency's ISO code. */
export function money(value: number, currency: string): string {
  return new Intl.NumberFormat(document.documentElement.lang, { style: "currency", currency }).format(value);
}

/** ms of a single step, such as `12.4 s`. */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

/** Hours, as precise as they are few. */
export function hours(value: number): string {
  return `${value.toFixed(value < 10 ? 1 : 0)} h`;
}
