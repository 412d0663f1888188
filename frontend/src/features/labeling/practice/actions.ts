import { keymap, type Action } from "@/shared/keys/keys";

import { actionNamed, type Doing } from "../pass/actions";
import { texts } from "./texts";

export type Dialog = "help" | "instructions";

const RATING = ["bad", "okay", "great", "unsure", "back", "next", "previous", "instructions", "help"];

/** The labeler's own keys, without what practice has no use for. */
export const PRACTICE: readonly Action<Doing>[] = [...RATING.map(actionNamed), { ...actionNamed("submit"), label: () => texts.practice.check }];

export type Telling = "on" | "all" | "again" | "instructions" | "help";

/** Once the team's word is being told. */
export const REVEAL: readonly Action<Telling>[] = [
  { name: "on", keys: ["Enter", "j", "ArrowDown"], label: () => texts.practice.on, does: "on" },
  { name: "all", keys: ["e"], label: () => texts.practice.all, does: "all" },
  { name: "again", keys: ["a"], label: () => texts.practice.again, does: "again" },
  { name: "instructions", keys: ["i"], label: () => actionNamed("instructions").label(), does: "instructions" },
  { name: "help", keys: ["?"], label: () => actionNamed("help").label(), does: "help" },
];

export const PRACTICE_KEYS = keymap(PRACTICE);
export const REVEAL_KEYS = keymap(REVEAL);
