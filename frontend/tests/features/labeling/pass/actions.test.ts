import { expect, test } from "vitest";

import { ACTIONS, KEYMAP } from "@/features/labeling/pass/actions";
import { actionOf, keymap, type Action } from "@/shared/keys/keys";

const press = (key: string, options: KeyboardEventInit = {}) => new KeyboardEvent("keydown", { key, ...options });

function pressOn(element: HTMLElement, key: string): Action<unknown> | undefined {
  let found: Action<unknown> | undefined;
  document.body.append(element);
  element.addEventListener("keydown", (event) => (found = actionOf(KEYMAP, event)));
  element.dispatchEvent(press(key, { bubbles: true }));
  element.remove();
  return found;
}

test("two actions on one key are refused", () => {
  const twice: Action<string>[] = [
    { name: "great", keys: ["3"], label: () => "Great", does: "a" },
    { name: "skip", keys: ["s", "3"], label: () => "Skip", does: "b" },
  ];
  expect(() => keymap(twice)).toThrow('The key "3" means both "great" and "skip".');
});

test("every action of the labeler's page has a key of its own and a word", () => {
  expect(KEYMAP.size).toBe(ACTIONS.flatMap(({ keys }) => keys).length);
  for (const action of ACTIONS) expect(action.label()).not.toBe("");
});

test.each([
  ["1", "bad"],
  ["2", "okay"],
  ["3", "great"],
  ["4", "unsure"],
  ["Backspace", "back"],
  ["j", "next"],
  ["ArrowUp", "previous"],
  ["Enter", "submit"],
  ["u", "reopen"],
  ["i", "instructions"],
  ["?", "help"],
])("the key %s means %s", (key, name) => expect(actionOf(KEYMAP, press(key))?.name).toBe(name));

test("Caps Lock silences no key", () => {
  expect(actionOf(KEYMAP, press("J"))?.name).toBe("next");
  expect(actionOf(KEYMAP, press("U"))?.name).toBe("reopen");
});

test("a key that another listener has used does nothing more", () => {
  const used = press("3", { cancelable: true });
  used.preventDefault();
  expect(actionOf(KEYMAP, used)).toBeUndefined();
});

test.each(["dialog", "menu"])("an open %s keeps its keys to itself", (role) => {
  const element = document.createElement("div");
  element.setAttribute("role", role);
  expect(pressOn(element, "3")).toBeUndefined();
});

test("a shortcut of the browser is left to the browser", () => {
  expect(actionOf(KEYMAP, press("1", { ctrlKey: true }))).toBeUndefined();
  expect(actionOf(KEYMAP, press("3", { metaKey: true }))).toBeUndefined();
});

test("what is typed into a field rates nothing", () => {
  expect(pressOn(document.createElement("textarea"), "3")).toBeUndefined();
});

test("Enter on a button presses the button; a rating there still rates", () => {
  expect(pressOn(document.createElement("button"), "Enter")).toBeUndefined();
  expect(pressOn(document.createElement("button"), "3")?.name).toBe("great");
});

test("a key held down moves on, but rates once", () => {
  expect(actionOf(KEYMAP, press("3", { repeat: true }))).toBeUndefined();
  expect(actionOf(KEYMAP, press("j", { repeat: true }))?.name).toBe("next");
});

test("a key that only composes a character does nothing", () => {
  expect(actionOf(KEYMAP, press("1", { isComposing: true }))).toBeUndefined();
});
