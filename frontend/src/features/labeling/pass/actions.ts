import { actionIn, keymap, type Action } from "@/shared/keys/keys";

import { texts } from "../texts";
import { BAD, GREAT, OKAY, type Move } from "./machine";

/** What a key does with the pass as a whole. */
export type PassCommand = "submit" | "reopen" | "give_up" | "bad_problem" | "comment" | "whole_problem";
/** What it does with the page around it, also where there is nothing to rate. */
const OF_PAGE = ["instructions", "help", "as_written", "larger", "smaller"] as const;
export type PageCommand = (typeof OF_PAGE)[number];
export type Command = PassCommand | PageCommand;

export function isOfPage(command: Command): command is PageCommand {
  return (OF_PAGE as readonly Command[]).includes(command);
}

export type Doing = { readonly move: Move } | { readonly command: Command };

const label = texts.actions;

export const ACTIONS: readonly Action<Doing>[] = [
  { name: "bad", keys: ["1"], label: () => label.bad, does: { move: { type: "rate", rating: BAD } } },
  { name: "okay", keys: ["2"], label: () => label.okay, does: { move: { type: "rate", rating: OKAY } } },
  { name: "great", keys: ["3"], label: () => label.great, does: { move: { type: "rate", rating: GREAT } } },
  { name: "unsure", keys: ["4"], label: () => label.unsure, does: { move: { type: "rate", rating: "unsure" } } },
  { name: "back", keys: ["Backspace"], label: () => label.back, does: { move: { type: "back" } } },
  { name: "next", keys: ["j", "ArrowDown"], label: () => label.next, does: { move: { type: "go", by: 1 } }, repeats: true },
  { name: "previous", keys: ["k", "ArrowUp"], label: () => label.previous, does: { move: { type: "go", by: -1 } }, repeats: true },
  { name: "submit", keys: ["Enter"], label: () => label.submit, does: { command: "submit" } },
  { name: "reopen", keys: ["u"], label: () => label.reopen, does: { command: "reopen" } },
  { name: "give_up", keys: ["g"], label: () => label.giveUp, does: { command: "give_up" } },
  { name: "bad_problem", keys: ["b"], label: () => label.badProblem, does: { command: "bad_problem" } },
  { name: "comment", keys: ["c"], label: () => label.comment, does: { command: "comment" } },
  { name: "whole_problem", keys: ["p"], label: () => label.wholeProblem, does: { command: "whole_problem" } },
  { name: "as_written", keys: ["r"], label: () => label.asWritten, does: { command: "as_written" } },
  { name: "larger", keys: ["+", "="], label: () => label.larger, does: { command: "larger" } },
  { name: "smaller", keys: ["-"], label: () => label.smaller, does: { command: "smaller" } },
  { name: "instructions", keys: ["i"], label: () => label.instructions, does: { command: "instructions" } },
  { name: "help", keys: ["?"], label: () => label.help, does: { command: "help" } },
];

export const KEYMAP = keymap(ACTIONS);

export const actionNamed = (name: string) => actionIn(ACTIONS, name);
