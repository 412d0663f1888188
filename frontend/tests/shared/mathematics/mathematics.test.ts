import fc from "fast-check";
import katex from "katex";
import { describe, expect, test, vi } from "vitest";

import { asMath, laidOut, segments, shown } from "@/shared/mathematics/mathematics";
import { typeset, typesetAhead } from "@/shared/mathematics/typesetting";

const formulas = (text: string) => segments(text).flatMap((part) => (part.kind === "math" ? [part.tex] : []));

test("put together, the parts are the text again", () => {
  const pieces = fc.constantFrom(
    "$",
    "$$",
    "\\(",
    "\\)",
    "\\[",
    "\\]",
    "\\$",
    "\\",
    " ",
    "\n\n",
    "x",
    "5",
    "\\begin{align}",
    "\\end{align}",
    "`",
    "```",
    "\n",
    "[asy]",
    "[/asy]",
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => {
      const text = parts.join("");
      expect(
        segments(text)
          .map((part) => (part.kind === "text" ? part.text : part.source))
          .join(""),
      ).toBe(text);
    }),
  );
});

test.each([
  ["a $x^2$ b", ["x^2"]],
  ["$$x$$ and \\(y\\) and \\[z\\]", ["x", "y", "z"]],
  ["\\begin{align*}a&=b\\end{align*}", ["\\begin{align*}a&=b\\end{align*}"]],
  ["$\\$5 + \\$6$", ["\\$5 + \\$6"]],
])("finds the mathematics of %j", (text, tex) => expect(formulas(text)).toEqual(tex));

test.each(["It costs $5 and she has $20.", "from $5-$10", "\\$5 and \\$6", "a lone $ sign", "$x\n\ny$", "$$"])("leaves %j as text", (text) =>
  expect(formulas(text)).toEqual([]),
);

describe("hostile or broken LaTeX", () => {
  test.each(["\\frac{1}{", "\\undefinedcommand", "}{", "\\begin{align} x"])("%j cannot be set", (tex) => expect(typeset(tex, false)).toBeNull());

  test.each([
    "\\href{javascript:alert(1)}{x}",
    "\\url{javascript:alert(1)}",
    "\\htmlData{x=1}{y}",
    "\\htmlClass{x}{y}",
    "\\includegraphics{https://example.org/x.png}",
  ])("%j makes no link, no attribute and no image", (tex) => {
    const html = typeset(tex, false) ?? "";
    const made = new DOMParser().parseFromString(html, "text/html");
    expect(made.querySelectorAll("a, img, script, [data-x], .x")).toHaveLength(0);
  });

  test("a macro that grows without end is given up, not followed", () => {
    expect(typeset("\\def\\a{\\a\\a}\\a", false)).toBeNull();
  });

  test("a size beyond the limit is cut to it", () => {
    expect(typeset("\\rule{500em}{500em}", false)).not.toContain("500em;");
  });

  test("a formula longer than any real one is text", () => {
    expect(typeset("x+".repeat(15_000), false)).toBeNull();
  });
});

test("around a displayed formula the text keeps no space of its own", () => {
  const parts = laidOut(segments("Then\n\\[x\\]\n\n\\[y\\]\n so it is."));
  expect(parts.map((part) => (part.kind === "math" ? part.tex : part.kind === "text" ? part.text : part.code))).toEqual([
    "Then",
    "x",
    "y",
    "so it is.",
  ]);
});

test.each([
  ["The answer is \\boxed{34}.", "\\boxed{34}"],
  ["\\boxed{$7455}", "\\boxed{\\$7455}"],
  ["\\boxed{\\frac{1}{2}}", "\\boxed{\\frac{1}{2}}"],
])("a boxed answer outside of mathematics is set: %j", (text, tex) => expect(formulas(text)).toEqual([tex]));

test("an escaped dollar is shown as a dollar", () => {
  expect(shown("\\$26,518 at 5\\%")).toBe("$26,518 at 5%");
});

test.each([
  ["14", "14"],
  ["3x - 7", "3x - 7"],
  ["\\frac{1}{2}", "$\\frac{1}{2}$"],
  ["x^2", "$x^2$"],
  ["$x^2$", "$x^2$"],
  ["\\(x^2\\)", "\\(x^2\\)"],
])("the answer %j is set as %j", (answer, text) => expect(asMath(answer)).toBe(text));

test("a formula that was set ahead is the same when it is shown", async () => {
  vi.useFakeTimers();
  typesetAhead(["So $x^{41} = 2$ and $y_{41}$.", "no mathematics"]);
  await vi.runAllTimersAsync();
  const setting = vi.spyOn(katex, "renderToString");
  expect(typeset("x^{41} = 2", false)).toContain("katex");
  expect(setting).not.toHaveBeenCalled();
  typeset("z^{41}", false);
  expect(setting).toHaveBeenCalledOnce();
  vi.useRealTimers();
});

test("nothing is set ahead for a page that has gone on", async () => {
  vi.useFakeTimers();
  const setting = vi.spyOn(katex, "renderToString");
  setting.mockClear();
  typesetAhead(["$w^{1}$ $w^{2}$"])();
  await vi.runAllTimersAsync();
  expect(setting).not.toHaveBeenCalled();
  vi.useRealTimers();
});

test.each([
  ["a `x = $5` b", ["x = $5"]],
  ["```py\nx = 1\n```", ["x = 1"]],
  ["```\nopen", []],
  ["[asy]\ndraw($A$);\n[/asy]", ["draw($A$);"]],
  ["[asy] without an end", []],
  ["it`s one backtick", []],
  ["an interval [1, 3]", []],
])("finds the code of %j, and no mathematics in it", (text, codes) => {
  const parts = segments(text);
  expect(parts.flatMap((part) => (part.kind === "code" ? [part.code] : []))).toEqual(codes);
  expect(parts.filter(({ kind }) => kind === "math")).toEqual([]);
});
