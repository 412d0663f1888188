/**
 * The colours that mean something, one of each per scheme; a test holds them to AA contrast on their backgrounds.
 *
 * Hues follow Okabe and Ito (vermilion, bluish green, blue, orange, purple), which stay apart in the common colour-blindnesses.
 */

export interface Shade {
  readonly light: string;
  readonly dark: string;
}

export const PAGE: Shade = { light: "#ffffff", dark: "#16191d" };
export const RAISED: Shade = { light: "#f6f7f9", dark: "#1e2227" };

export const MEANINGS = {
  bad: { light: "#b03a00", dark: "#ff9a70" },
  okay: { light: "#4a5a6a", dark: "#b3c0cd" },
  great: { light: "#006d58", dark: "#4fcfae" },
  unsure: { light: "#7a5200", dark: "#f0be5c" },
  quiet: { light: "#5b6570", dark: "#9aa5b1" },
  warning: { light: "#8f3a00", dark: "#ffb27a" },
  accent: { light: "#1d5fd1", dark: "#8cb8ff" },
} as const satisfies Record<string, Shade>;

/** The page and the meanings where a person asks for high contrast: AAA, 7 to 1. */
export const STRONG = {
  page: { light: "#ffffff", dark: "#000000" },
  raised: { light: "#ffffff", dark: "#000000" },
  ink: { light: "#000000", dark: "#ffffff" },
  bad: { light: "#8a1f00", dark: "#ffb899" },
  okay: { light: "#2b3744", dark: "#dbe4ec" },
  great: { light: "#00493a", dark: "#7ff0d2" },
  unsure: { light: "#5a3a00", dark: "#ffd98a" },
  quiet: { light: "#333b44", dark: "#d6dde4" },
  warning: { light: "#6b2a00", dark: "#ffc79c" },
  accent: { light: "#0a3d99", dark: "#b5d2ff" },
} as const satisfies Record<string, Shade>;

/** The same thing has the same colour in every chart. */
export const SERIES = {
  champion: { light: "#1d5fd1", dark: "#8cb8ff" },
  challenger: { light: "#9a3f86", dark: "#e39fd2" },
  control: { light: "#6b7682", dark: "#93a0ad" },
  majority: { light: "#8a5a00", dark: "#f0be5c" },
  orm: { light: "#4a5a6a", dark: "#b3c0cd" },
  pool: { light: "#aab4bf", dark: "#59636e" },
  picks: { light: "#1d5fd1", dark: "#8cb8ff" },
  right: { light: "#006d58", dark: "#4fcfae" },
  wrong: { light: "#b03a00", dark: "#ff9a70" },
} as const satisfies Record<string, Shade>;

export type Meaning = keyof typeof MEANINGS;
export type Series = keyof typeof SERIES;

export const seriesColor = (series: Series) => `var(--lh-series-${series})`;

/** The CSS variables of one scheme. */
export function variables(scheme: keyof Shade, highContrast: boolean): Record<string, string> {
  const named = (prefix: string, shades: Record<string, Shade>) =>
    Object.entries(shades).map(([name, shade]) => [`--lh-${prefix}${name}`, shade[scheme]] as const);
  return Object.fromEntries([
    ["--lh-code", `color-mix(in srgb, ${MEANINGS.quiet[scheme]} 12%, transparent)`],
    ["--lh-page", PAGE[scheme]],
    ["--lh-raised", RAISED[scheme]],
    ...named("", MEANINGS),
    ...named("series-", SERIES),
    ...(highContrast ? named("", STRONG) : []),
  ]);
}
