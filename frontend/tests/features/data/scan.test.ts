import { expect, test } from "vitest";

import { beginningOf } from "@/features/data/importing/check";
import { NOTHING, scan, type Scan } from "@/features/data/importing/scan";

async function scanned(...parts: BlobPart[]): Promise<Scan> {
  let last = NOTHING;
  await scan(new File(parts, "x.jsonl"), (found) => (last = found), new AbortController().signal);
  return last;
}

test("lines are told by their number, blank ones, a byte order mark and CRLF are nobody's mistake", async () => {
  const found = await scanned('\ufeff{"a": 1}\r\n', "\r\n", "x\n", "[1]\n", new Uint8Array([0x22, 0xff, 0x22, 10]), '{"b": 2}');
  expect(found.lines).toBe(5);
  expect(found.flaws).toEqual([
    { line: 3, flaw: "json" },
    { line: 4, flaw: "object" },
    { line: 5, flaw: "utf8" },
  ]);
  expect(found.share).toBe(1);
});

test("a line that goes over the edge of a piece is one line, and a letter of several bytes one letter", async () => {
  const long = `{"a": "${"é".repeat(2 ** 20)}"}\n`;
  expect(await scanned(long, long)).toMatchObject({ lines: 2, flawed: 0 });
});

test("a line longer than the server takes is told without being read as JSON", async () => {
  const megabyte = "x".repeat(2 ** 20);
  const found = await scanned(...Array.from({ length: 17 }, () => megabyte), "\n{}\n");
  expect(found.flaws).toEqual([{ line: 1, flaw: "long" }]);
  expect(found.lines).toBe(2);
});

test("only the first flawed lines are told one by one, and all are counted", async () => {
  const found = await scanned("x\n".repeat(100));
  expect(found.flawed).toBe(100);
  expect(found.flaws).toHaveLength(20);
});

test("who takes the file out again ends its reading", async () => {
  const control = new AbortController();
  let told = 0;
  await scan(new File(["{}\n".repeat(2 ** 20)], "x.jsonl"), () => (control.abort(), (told += 1)), control.signal);
  expect(told).toBe(1);
});

test("the beginning of a large file ends with a line", async () => {
  const line = `{"a": "${"x".repeat(1000)}"}\n`;
  const { part, isAll, rows } = await beginningOf(new File([line.repeat(1000)], "x.jsonl"));
  expect(isAll).toBe(false);
  expect(part!.size % line.length).toBe(0);
  expect(part!.size).toBeGreaterThan(200_000);
  expect(rows).toHaveLength(3);
});

test("of a file whose first line has no end in sight nothing is sent", async () => {
  expect((await beginningOf(new File(["x".repeat(2_000_000)], "x.jsonl"))).part).toBeNull();
});
