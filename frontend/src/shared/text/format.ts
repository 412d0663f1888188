/** Numbers, shares and times as people read them. */

import { perLanguage } from "../language/language";
import { texts } from "../language/texts";

const whole = perLanguage((language) => new Intl.NumberFormat(language, { maximumFractionDigits: 0 }));
const tenths = perLanguage((language) => new Intl.NumberFormat(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 }));
const relative = perLanguage((language) => new Intl.RelativeTimeFormat(language, { numeric: "auto" }));
const absolute = perLanguage((language) => new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "medium" }));

export const NONE = "–";

export function count(value: number): string {
  return whole().format(value);
}

export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** The catalogue's word for a name of the server's, which may be one that was added since: then the name itself. */
export function named(words: Readonly<Record<string, string>>, name: string): string {
  return words[name] ?? name;
}

/** A share in percent with one decimal, such as `61.3%`. */
export function percent(share: number, digits = 1): string {
  return `${(share * 100).toFixed(digits)}%`;
}

/** A measure between 0 and 1 with three decimals, such as `0.842`. */
export function measure(value: number): string {
  return value.toFixed(3);
}

/** A difference with its sign, the minus a real one. */
export function signed(value: number, digits = 3): string {
  const shown = Math.abs(value).toFixed(digits);
  return value < 0 && Number(shown) !== 0 ? `−${shown}` : `+${shown}`;
}

/** ms as `0:42`, `12:05` or `1:02:03`. */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const two = (value: number) => String(value).padStart(2, "0");
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** Seconds in the largest unit that fits: `40 s`, `4 min`, `2.5 h`. */
export function span(seconds: number): string {
  if (seconds < 60) return texts.time.seconds(count(Math.max(1, seconds)));
  if (seconds < 90 * 60) return texts.time.minutes(count(seconds / 60));
  return texts.time.hours(tenths().format(seconds / 3600));
}

const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
];

export function ago(iso: string, now: number): string {
  const passed = now - Date.parse(iso);
  const unit = UNITS.find(([, length]) => Math.abs(passed) >= length);
  return unit ? relative().format(-Math.trunc(passed / unit[1]), unit[0]) : texts.time.justNow;
}

export function moment(iso: string): string {
  return absolute().format(new Date(iso));
}

/** Bytes as people read them, such as `4.2 MB`. */
export function bytes(size: number): string {
  const units = ["B", "kB", "MB", "GB"];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, size)) / 3));
  return `${(size / 1000 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}
