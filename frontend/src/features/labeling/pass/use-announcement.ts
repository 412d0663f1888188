import { useEffect, useMemo, useRef, type RefObject } from "react";

import { useStable } from "@/shared/use-stable";

import { texts } from "../texts";
import { ending, openAlternatives, place, type Judgement, type Pass } from "./machine";
import { wordFor } from "./ratings";

/** A line that a screen reader reads out when it changes. It outlives the passes, or the last word of each would be lost. */
export interface Announcer {
  readonly line: RefObject<HTMLDivElement | null>;
  readonly say: (sentence: string) => void;
}

/** Written to directly: a rating must not draw the page anew only to be told. */
export function useAnnouncer(): Announcer {
  const line = useRef<HTMLDivElement>(null);
  const say = useStable((sentence: string) => {
    if (!line.current) return;
    const again = line.current.textContent === sentence; // said twice over, only what differs is read out
    line.current.textContent = again ? `${sentence}\u00a0` : sentence;
  });
  return useMemo(() => ({ line, say }), [say]);
}

/** Tells what a screen reader hears after each rating, and where the cursor went. */
export function useAnnouncement(pass: Pass, say: Announcer["say"]): void {
  const before = useRef(pass);
  useEffect(() => {
    const sentence = before.current === pass ? null : announce(before.current, pass);
    before.current = pass;
    if (sentence !== null) say(sentence);
  }, [pass, say]);
}

/** The sentence for what changed between two passes, or null where nothing did. */
export function announce(before: Pass, pass: Pass): string | null {
  const rated = changed(before, pass);
  if (rated !== null) return ending(pass) ? `${rated}. ${texts.steps.complete}` : rated;
  if (judgements(pass) < judgements(before)) return texts.steps.takenBack;
  return pass.cursor === before.cursor ? null : cursorAt(pass);
}

function cursorAt(pass: Pass): string {
  const here = place(pass);
  if (here.on === "step") return told(texts.steps.step(here.step + 1), pass.ratings[here.step]);
  return told(texts.steps.alternative(openAlternatives(pass).indexOf(here.id) + 1), pass.judged[here.id]);
}

function told(what: string, judgement: Judgement | undefined): string {
  return judgement === undefined ? texts.steps.at(what) : texts.steps.rated(what, wordFor(judgement));
}

function judgements(pass: Pass): number {
  return pass.ratings.length + pass.order.length;
}

function changed(before: Pass, pass: Pass): string | null {
  const step = pass.ratings.length - 1;
  const rating = pass.ratings[step];
  const stepChanged = rating !== undefined && before.ratings[step] !== rating;
  if (stepChanged) return texts.steps.rated(texts.steps.step(step + 1), wordFor(rating));
  const ids = openAlternatives(pass);
  const index = ids.findIndex((id) => id in pass.judged && pass.judged[id] !== before.judged[id]);
  if (index === -1) return null;
  return texts.steps.rated(texts.steps.alternative(index + 1), wordFor(pass.judged[ids[index]!]!));
}
