/** Every word of the project's home. */

import { plural } from "@/shared/format";
import { dictionary } from "@/shared/language";

export const texts = dictionary({
  title: "Home",
  launch: "Launch generation",
  import: "Import data",
  loop: {
    heading: "The loop",
    stops: {
      import: "import",
      grade: "grade",
      score: "score",
      select: "select",
      label: "label",
      train: "train",
      evaluate: "evaluate",
      promote: "promote",
    },
    solutions: (n: number) => plural(n, "solution"),
    graded: (n: string) => `${n} graded`,
    picks: (n: number) => plural(n, "pick"),
    labeled: (done: string, all: string) => `${done} of ${all}`,
    champion: (number: number) => `checkpoint ${number}`,
    noChampion: "no champion",
    rests: "No generation is under way.",
    generation: (number: number) => `Generation ${number}`,
    state: { done: "done", now: "under way", failed: "failed", ahead: "to come", idle: "resting" },
  },
  states: {
    scoring: "scoring",
    selecting: "selecting",
    labeling: "labeling",
    training: "training",
    evaluating: "evaluating",
    closed: "closed",
    failed: "failed",
    cancelled: "cancelled",
  },
  needs: {
    heading: "What needs someone",
    nothing: "Nothing right now.",
    failed: (kind: string) => `${kind} failed`,
    retry: "Retry",
    retryFailed: "It was not taken up again",
    generation: (number: number) => `Generation ${number} stopped`,
    see: (n: number) => (n === 1 ? "See it" : "See them"),
    paused: (n: number) => `${plural(n, "labeler")} paused by running checks`,
    pausedDetail: "They get no work, and their labels since the last passed check train nothing, until somebody decides.",
    decide: "Decide",
    contradictions: (n: number) => plural(n, "contradiction"),
    contradictionsDetail: "Passes without a mistake over a solution graded wrong: either may be at fault.",
  },
  corpus: {
    heading: "What is in",
    splits: "Problems by split",
    grades: "Solutions by grade",
    labels: "Labels by source",
    today: (n: number) => `${plural(n, "pass", "passes")} today`,
    split: { train: "train", gate: "gate", test: "test" },
    grade: { right: "right", wrong: "wrong", unknown: "unknown", ungraded: "not graded yet" },
    source: { human: "human", simulated: "simulated", imported: "imported", model: "model" },
  },
  recent: { heading: "Last generations" },
  empty: {
    title: "This project is empty",
    detail:
      "Import problems and solutions as JSON lines; answers are graded by themselves. Then launch a generation: it picks " +
      "what people rate, and a checkpoint is trained on their labels.",
  },
});
