import { describe, expect, test } from "vitest";

import { readsAsFormula } from "@/shared/mathematics/dollars";
import { asMath, segments } from "@/shared/mathematics/mathematics";
import { typeset } from "@/shared/mathematics/typesetting";

const formulas = (text: string) => segments(text).flatMap((part) => (part.kind === "math" ? [part.tex] : []));

describe("money beside formulas", () => {
  test.each([
    ["pens at $5 each and pencils at $2 each. Let $x$ be the number", ["x"]],
    ["He pays $x + 5$ and gets $3 back", ["x + 5"]],
    ["$x$ costs $5", ["x"]],
    ["$x$ costs $5, and $y$ costs $7.", ["x", "y"]],
    ["US$5 and $y$", ["y"]],
    ["$5 ($x$ of them) and $2 ($y$ of them)", ["x", "y"]],
    ["$\\$5 + \\$6$ is \\$11, so $x$", ["\\$5 + \\$6", "x"]],
    ["She earned $20 a day, $1300 in all. So it is $\\boxed{1300}$.", ["\\boxed{1300}"]],
    ["钢笔每支$5，铅笔每支$2。设$x$为支数", ["x"]],
    ["钢笔每支 $5 元，共 3$ 支", []],
    ["一支$5元和$x$支", ["x"]],
  ])("of %j only the mathematics is set", (text, tex) => expect(formulas(text)).toEqual(tex));

  test.each([
    "It costs $5.",
    "from $5 to $10",
    "from $5-$10",
    "$20+$2=$22",
    "4 of them cost $2*4=$<<2*4=8>>8",
    "100 books * 20$/book = <<100*20=2000>>2000$",
    "I have $5, you have 10$.",
    "$.5 each so he paid 500*.5=$<<500*.5=250>>250",
  ])("%j is money alone", (text) => expect(formulas(text)).toEqual([]));

  test.each(["\\(2 \\times 10 = $20\\)", "\\[($15 + P) - 21 = 2\\]", "$$\\frac{$100,000}{5}$$", "\\boxed{$14}"])(
    "an amount inside the formula %j is set with it",
    (text) => {
      const [tex] = formulas(text);
      expect(typeset(tex!, false)).toContain("$");
    },
  );

  test("a formula inside a formula's text is still one", () => {
    expect(typeset(formulas("\\[y = 1 \\text{ if $x$}\\]")[0]!, true)).toContain("<mi>x</mi>");
  });
});

describe("between two dollars", () => {
  test.each([
    "5",
    "x",
    "n",
    "ABC",
    "a, b",
    "x = 5 \\text{ and } y = 6",
    "\\text{the number of apples}",
    "\\mbox{the next one}",
    "\\frac{1}{2}",
    "a +\nb",
    "x-",
    "Q^+",
    "xyz",
    "abc + abd + acd",
    "abc, bcd, cda",
    "ab cd",
    "AB \\cdot CD",
    "sin x cos y",
    "\\angle ABC = \\angle DEF",
    "x_{final velocity} = 3",
    "S_{阴影}",
    "\\text{面积} = 12",
    "4a, br, cr",
    "36",
    "1 = 100",
    "(-3, 4)",
    "[0, 1)",
    "\\{1, 2\\}",
    "αβ γδε",
    "x \\le y",
    "\\begin{pmatrix} bf - ce \\\\ cd - af \\end{pmatrix}",
  ])("%j is a formula", (tex) => expect(readsAsFormula(tex)).toBe(true));

  test.each([
    "5 and ",
    " x",
    "5 each and 10",
    "2 each. Let",
    "x is the number of apples",
    "5 for a pen",
    "5 (",
    "x\n\ny",
    "x\n \ny",
    "2。设",
    "五元",
    "5 евро за кг",
    "<<2*4=8>>8",
    "It's a price",
    "“two words”",
  ])("%j is none", (tex) => expect(readsAsFormula(tex)).toBe(false));
});

test.each(["$n$-th", "$5$ dollars", "$a, b$ and $c$", "so $x$, $y$", "$a +\nb$"])("formulas stay formulas in %j", (text) => {
  expect(formulas(text).length).toBe(text.split("$").length >> 1);
});

test("an answer in words is shown in words, not between dollars", () => {
  expect(asMath("\\frac{1}{2} of the cake")).toBe("\\frac{1}{2} of the cake");
  expect(asMath(" \\frac{1}{2}\n")).toBe("$\\frac{1}{2}$");
});

test("a hostile text is read in no time", () => {
  const hostile = [
    "$".repeat(50_000),
    `$${"'".repeat(50_000)}$`,
    `$${"<".repeat(50_000)}$`,
    "$a ".repeat(20_000),
    `$${"\\text{".repeat(10_000)}$`,
    `$${"\n ".repeat(30_000)}$`,
  ];
  for (const text of hostile)
    expect(
      segments(text)
        .map((part) => (part.kind === "text" ? part.text : part.source))
        .join(""),
    ).toBe(text);
});
