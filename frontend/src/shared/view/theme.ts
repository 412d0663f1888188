import { Card, createTheme, Drawer, InputWrapper, Modal, type CSSVariablesResolver, type MantineColorsTuple } from "@mantine/core";

import { MEANINGS, PAGE, STRONG, variables, type Shade } from "../figures/palette";

const blue: MantineColorsTuple = ["#eef4ff", "#dbe7fe", "#b6cffb", "#8cb8ff", "#5f97f2", "#3a7be6", "#1d5fd1", "#184fae", "#153f89", "#102f66"];

const slate: MantineColorsTuple = ["#e4e8ed", "#c5ccd4", "#9aa5b1", "#717c88", "#4a545f", "#353c45", "#2a3037", "#16191d", "#121519", "#0d0f12"];

/** Latin letters from the first that is there, then Chinese ones: the page's `lang` tells the system which of the Han forms. */
const FONTS =
  "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Helvetica Neue', Arial, " +
  "'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'Noto Sans SC', 'WenQuanYi Zen Hei', sans-serif";

/** What only Mantine says, in the language of the page. */
interface Names {
  readonly close: string;
}

/** What opens over a page: quick, the page still to be seen behind it, its title a title, its cross with a name. */
const over = ({ close }: Names) => ({
  closeButtonProps: { "aria-label": close },
  overlayProps: { backgroundOpacity: 0.4 },
  transitionProps: { duration: 120 },
  attributes: { header: { role: "presentation" } }, // it is no second banner of the page
  styles: { title: { fontSize: "1.15rem", fontWeight: 600 } },
});

export const themeWith = (names: Names) =>
  createTheme({
    primaryColor: "blue",
    primaryShade: 6,
    colors: { blue, dark: slate },
    defaultRadius: "md",
    cursorType: "pointer",
    focusRing: "auto",
    respectReducedMotion: true,
    fontFamily: FONTS,
    headings: { fontWeight: "600" },
    components: {
      Modal: Modal.extend({ defaultProps: over(names) }),
      Drawer: Drawer.extend({ defaultProps: over(names) }),
      // Hints stand under their fields, so that the fields of a row stand in one line whatever their hints say.
      InputWrapper: InputWrapper.extend({
        defaultProps: { withAsterisk: false, inputWrapperOrder: ["label", "input", "description", "error"] },
      }),
      Card: Card.extend({ defaultProps: { bg: "var(--lh-raised)" } }),
    },
  });

/** Mantine's quiet and warning tones, darkened or lightened to what reads at AA. */
function tones(scheme: keyof Shade): Record<string, string> {
  return {
    "--mantine-color-body": PAGE[scheme],
    "--mantine-color-dimmed": MEANINGS.quiet[scheme],
    "--mantine-color-placeholder": MEANINGS.quiet[scheme],
    "--mantine-color-gray-light": `color-mix(in srgb, ${MEANINGS.quiet[scheme]} 12%, transparent)`,
    "--mantine-color-gray-light-hover": `color-mix(in srgb, ${MEANINGS.quiet[scheme]} 18%, transparent)`,
    "--mantine-color-gray-light-color": MEANINGS.quiet[scheme],
    "--mantine-color-blue-light": `color-mix(in srgb, ${MEANINGS.accent[scheme]} 12%, transparent)`,
    "--mantine-color-blue-light-color": MEANINGS.accent[scheme],
    "--mantine-color-orange-light": `color-mix(in srgb, ${MEANINGS.warning[scheme]} 12%, transparent)`,
    "--mantine-color-orange-light-color": MEANINGS.warning[scheme],
  };
}

/** Pure black and white, every border and every quiet word as strong as the text. */
function strongTones(scheme: keyof Shade): Record<string, string> {
  return {
    "--mantine-color-body": STRONG.page[scheme],
    "--mantine-color-text": STRONG.ink[scheme],
    "--mantine-color-default-border": STRONG.ink[scheme],
    "--mantine-color-dimmed": STRONG.quiet[scheme],
    "--mantine-color-placeholder": STRONG.quiet[scheme],
    "--mantine-color-gray-light-color": STRONG.ink[scheme],
    "--mantine-color-blue-light-color": STRONG.ink[scheme],
    "--mantine-color-orange-light-color": STRONG.ink[scheme],
  };
}

export const cssVariables =
  (highContrast: boolean): CSSVariablesResolver =>
  () => {
    const of = (scheme: keyof Shade) => ({
      ...tones(scheme),
      ...variables(scheme, highContrast),
      ...(highContrast ? strongTones(scheme) : {}),
    });
    return { variables: {}, light: of("light"), dark: of("dark") };
  };
