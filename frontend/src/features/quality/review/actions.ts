import { keymap, type Action } from "@/shared/keys/keys";

import { texts } from "./texts";

export const LETTERS = "ABCDEFGH";

/** What asks for more than a key before it is done. */
export type Asking = "merge" | "grade" | "ground_truth" | "retire" | "restore" | "gold" | "answer";
export type Doing = { readonly keep: number } | { readonly ask: Asking } | { readonly command: "leave" | "skip" | "back" | "help" };

const label = texts.actions;
const keep = (index: number): Action<Doing> => ({
  name: `keep ${LETTERS[index]}`,
  keys: [String(index + 1)],
  label: () => label.keep(LETTERS[index]!),
  does: { keep: index },
});

export const ACTIONS: readonly Action<Doing>[] = [
  ...[0, 1, 2, 3].map(keep),
  { name: "merge", keys: ["m"], label: () => label.merge, does: { ask: "merge" } },
  { name: "grade", keys: ["g"], label: () => label.grade, does: { ask: "grade" } },
  { name: "ground_truth", keys: ["t"], label: () => label.ground_truth, does: { ask: "ground_truth" } },
  { name: "answer", keys: ["w"], label: () => label.answer, does: { ask: "answer" } },
  { name: "gold", keys: ["o"], label: () => label.gold, does: { ask: "gold" } },
  { name: "retire", keys: ["x"], label: () => label.retire, does: { ask: "retire" } },
  { name: "restore", keys: ["y"], label: () => label.restore, does: { ask: "restore" } },
  { name: "leave", keys: ["l"], label: () => label.leave, does: { command: "leave" } },
  { name: "skip", keys: ["j", "ArrowRight"], label: () => label.skip, does: { command: "skip" } },
  { name: "back", keys: ["u", "ArrowLeft"], label: () => label.back, does: { command: "back" } },
  { name: "help", keys: ["?"], label: () => label.help, does: { command: "help" } },
];

export const KEYMAP = keymap(ACTIONS);
