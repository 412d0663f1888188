import { SegmentedControl, Text } from "@mantine/core";
import { useState } from "react";

import type { Case } from "@/api/types";
import { MathText } from "@/shared/mathematics/MathText";
import { ratingWords, saidAt } from "@/shared/text/Said";

import classes from "../review.module.css";
import { texts } from "../texts";
import { Frame, Reason, type FormProps } from "./forms";

const words = texts.dialogs.merge;
const CHOICES = [
  { value: "-1", label: ratingWords.bad },
  { value: "0", label: ratingWords.okay },
  { value: "1", label: ratingWords.great },
];

type Ratings = readonly (number | null)[];

/** A label of the reviewer's own: what all labels say is filled in, the rest is the reviewer's to rate. */
export function MergeForm({ found, onDecide, onClose }: FormProps) {
  const [ratings, setRatings] = useState<Ratings>(() => agreed(found));
  const [reason, setReason] = useState("");
  const [tried, setTried] = useState(false);
  const pass = untilBad(ratings);
  const half = pass.includes(null);
  const submit = () => (half ? setTried(true) : onDecide({ kind: "merge", ratings: [...pass], reason }));
  return (
    <Frame told={words} onClose={onClose} onSubmit={submit}>
      <ol className={classes.merge}>
        {found.solution.steps.slice(0, pass.length).map((text, step) => (
          <li key={step}>
            <div>
              <MathText text={text} />
            </div>
            <SegmentedControl
              size="xs"
              aria-label={`${texts.steps.step} ${step + 1}`}
              value={String(ratings[step] ?? "")}
              onChange={(value) => setRatings(ratings.map((rating, at) => (at === step ? Number(value) : rating)))}
              data={CHOICES}
            />
          </li>
        ))}
      </ol>
      {tried && half && (
        <Text role="alert" size="sm" c="var(--lh-warning)">
          {words.half}
        </Text>
      )}
      <Reason value={reason} onChange={setReason} />
    </Frame>
  );
}

/** The rating of each step where every label that rated it says the same; else none yet. */
function agreed({ solution, labels }: Case): Ratings {
  return solution.steps.map((_, step) => {
    const said = new Set(labels.map((label) => saidAt(label, step)).filter((rating) => rating !== null));
    const [only] = said;
    return said.size === 1 && typeof only === "number" ? only : null;
  });
}

function untilBad(ratings: Ratings): Ratings {
  const bad = ratings.indexOf(-1);
  return bad === -1 ? ratings : ratings.slice(0, bad + 1);
}
