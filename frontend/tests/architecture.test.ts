import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

import { expect, test } from "vitest";

const SRC = resolve(import.meta.dirname, "../src");
const IMPORT = /(?:from\s+|import\s*\(\s*|import\s+)["']([^"']+)["']/g;

const files = readdirSync(SRC, { recursive: true, encoding: "utf8" })
  .filter((name) => /\.tsx?$/.test(name) && !name.endsWith(".d.ts"))
  .map((name) => ({ name, text: readFileSync(join(SRC, name), "utf8") }));

/** The floor of a file: api, shared, app, or features/NAME. */
function floor(name: string): string {
  const [first = "", second = ""] = name.split("/");
  return first === "features" ? `features/${second}` : first.includes(".") ? "main" : first;
}

const MAY_IMPORT: Record<string, readonly string[]> = {
  api: ["api"],
  shared: ["shared", "api"],
  features: ["shared", "api"],
  app: ["app", "features", "shared", "api"],
  main: ["app", "shared"],
};

function allowed(from: string, to: string): boolean {
  return from === to || MAY_IMPORT[from.split("/")[0]!]!.includes(to.split("/")[0]!);
}

function imports({ name, text }: { name: string; text: string }): string[] {
  return [...text.matchAll(IMPORT)].flatMap(([, path]) => {
    if (path!.startsWith("@/")) return [path!.slice(2)];
    return path!.startsWith(".") ? [relative(SRC, resolve(SRC, dirname(name), path!))] : [];
  });
}

test("imports flow shared -> features -> app, and no room knows another", () => {
  const wrong = files.flatMap((file) =>
    imports(file)
      .filter((to) => !allowed(floor(file.name), floor(to)))
      .map((to) => `${file.name} imports ${to}`),
  );
  expect(wrong).toEqual([]);
});

test("no file imports itself in a circle", () => {
  const known = new Map(files.map((file) => [file.name.replace(/\.tsx?$/, ""), imports(file)]));
  const circles = [...known.keys()].filter((start) => reaches(known, start, start, new Set()));
  expect(circles).toEqual([]);
});

function reaches(known: ReadonlyMap<string, readonly string[]>, from: string, goal: string, seen: Set<string>): boolean {
  return (known.get(from) ?? []).some((to) => {
    if (to === goal) return true;
    if (seen.has(to)) return false;
    seen.add(to);
    return reaches(known, to, goal, seen);
  });
}

test("HTML is set in one place only: KaTeX's own output", () => {
  const setting = files.filter(({ text }) => /dangerouslySetInnerHTML|\.innerHTML|insertAdjacentHTML/.test(text));
  expect(setting.map(({ name }) => name)).toEqual(["shared/mathematics/MathText.tsx"]);
});

test("files stay within a screenful of ideas", () => {
  const long = files.filter(({ text }) => text.split("\n").length > 250).map(({ name }) => name);
  expect(long).toEqual([]);
});

test("no folder lists more than a dozen entries", () => {
  const folders = ["", ...readdirSync(SRC, { recursive: true, encoding: "utf8" })].filter((name) => statSync(join(SRC, name)).isDirectory());
  const long = folders.filter((name) => readdirSync(join(SRC, name)).length > 12);
  expect(long).toEqual([]);
});

test("the folder listing tells the story: no utils, helpers or common", () => {
  const vague = files.filter(({ name }) => /(^|\/)(utils?|helpers?|common|misc)(\/|\.)/.test(name));
  expect(vague.map(({ name }) => name)).toEqual([]);
  expect(statSync(join(SRC, "features")).isDirectory()).toBe(true);
});
