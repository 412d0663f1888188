import { expect, test } from "vitest";

import { inTab, onMachine } from "@/shared/view/keep";

test.each([
  ["on the machine", onMachine],
  ["in the tab", inTab],
])("what is kept %s is found by its key until it is removed", (_, shelf) => {
  const drafts = shelf("drafts");
  drafts.write("one", [1]);
  drafts.write("two", { a: 2 });
  shelf("others").write("three", 3);
  expect(drafts.keys().sort()).toEqual(["one", "two"]);
  drafts.remove("one");
  expect(drafts.read("one")).toBeNull();
  expect(drafts.read("two")).toEqual({ a: 2 });
  expect(drafts.keys()).toEqual(["two"]);
});
