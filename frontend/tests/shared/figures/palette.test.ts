import { describe, expect, test } from "vitest";

import { MEANINGS, PAGE, RAISED, STRONG, type Shade } from "@/shared/figures/palette";

/** WCAG 2: relative luminance of an sRGB colour, and the contrast of two. */
function luminance(hex: string): number {
  const channel = (from: number) => {
    const value = parseInt(hex.slice(from, from + 2), 16) / 255;
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

function contrast(one: string, other: string): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light! + 0.05) / (dark! + 0.05);
}

describe.each(["light", "dark"] as const)("in the %s scheme", (scheme) => {
  test.each(Object.entries(MEANINGS as Record<string, Shade>))("%s reads at AA on the page and on what is raised", (_, shade) => {
    expect(contrast(shade[scheme], PAGE[scheme])).toBeGreaterThanOrEqual(4.5);
    expect(contrast(shade[scheme], RAISED[scheme])).toBeGreaterThanOrEqual(4.5);
  });

  const { page, raised, ...inks } = STRONG;
  test.each(Object.entries(inks as Record<string, Shade>))("%s reads at AAA where high contrast is asked for", (_, shade) => {
    expect(contrast(shade[scheme], page[scheme])).toBeGreaterThanOrEqual(7);
    expect(contrast(shade[scheme], raised[scheme])).toBeGreaterThanOrEqual(7);
  });

  test("every meaning has its strong shade", () => expect(Object.keys(inks)).toEqual(expect.arrayContaining(Object.keys(MEANINGS))));
});
