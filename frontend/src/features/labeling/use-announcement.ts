import { useEffect, useRef, useState } from "react";

import { ending, openAlternatives, type Pass } from "./machine";
import { wordFor } from "./ratings";
import { texts } from "./texts";

/** What a screen reader hears after each rating. */
export function useAnnouncement(pass: Pass): string {
  const before = useRef(pass);
  const [said, setSaid] = useState("");
  useEffect(() => {
    const sentence = before.current === pass ? null : announce(before.current, pass);
    before.current = pass;
    if (sentence !== null) setSaid(sentence);
  }, [pass]);
  return said;
}

/** The sentence for what changed between two passes, or null where nothing was rated. */
export function announce(before: Pass, pass: Pass): string | null {
  const rated = changed(before, pass);
  if (rated === null) return pass.ratings.length < before.ratings.length ? texts.steps.takenBack : null;
  return ending(pass) ? `${rated}. ${texts.steps.complete}` : rated;
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
