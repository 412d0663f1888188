import fc from "fast-check";
import { expect, test } from "vitest";

import { blocks, inlines } from "@/shared/text/prose";

test("headings, paragraphs, lists and code are told apart", () => {
  const text = "# Rules\n\nRead the\nproblem.\n\n- one\n- two\n  goes on\n\n1. first\n\n```\nx = 1\n\ny = 2\n```";
  expect(blocks(text)).toEqual([
    { kind: "heading", level: 2, text: "Rules" },
    { kind: "paragraph", text: "Read the problem." },
    { kind: "list", ordered: false, items: ["one", "two goes on"] },
    { kind: "list", ordered: true, items: ["first"] },
    { kind: "code", text: "x = 1\n\ny = 2" },
  ]);
});

test("bold, italics and code inside a line", () => {
  expect(inlines("**Bad** is *wrong*, see `x_1` and 2*3*4")).toEqual([
    { kind: "strong", text: "Bad" },
    { kind: "text", text: " is " },
    { kind: "emphasis", text: "wrong" },
    { kind: "text", text: ", see " },
    { kind: "code", text: "x_1" },
    { kind: "text", text: " and 2*3*4" },
  ]);
});

test("no word of a text is lost, whatever it looks like, but the language that a fence names", () => {
  const piece = fc.constantFrom("word", "**", "*", "`", "```", "# ", "- ", "1. ", "\n", "\n\n", " ", "<b>", "[a](b)");
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 25 }), (pieces) => {
      const text = pieces.join("");
      const told = blocks(text)
        .map((block) => (block.kind === "list" ? block.items.join(" ") : block.text))
        .join(" ");
      expect(told.match(/word/g)?.length ?? 0).toBeGreaterThanOrEqual(text.includes("```") ? 0 : pieces.filter((one) => one === "word").length);
    }),
  );
});

test.each([String.raw`\(x_1 + x_2\)`, "$a_1*b*c_2$", String.raw`\[2*3*4\]`, String.raw`\$5`])("the marks of LaTeX are not Markdown's: %s", (text) => {
  expect(inlines(text)).toEqual([{ kind: "text", text }]);
});
