/** Every word of the quality page. */

import { dictionary } from "@/shared/language/language";
import { count, percent, plural } from "@/shared/text/format";

import type { Checked } from "./queries";

/** Such as `9 of 15 checks passed (60.0%, likely 35%–80%)`. */
export function passedOf({ agreed, asked, low, high }: Checked): string {
  const interval = `${percent(low, 0)}–${percent(high, 0)}`;
  return `${count(agreed)} of ${plural(asked, "check")} passed (${percent(agreed / asked, 0)}, with 95% between ${interval})`;
}

/** A probability in percent that never claims to be certain. */
export function probability(share: number): string {
  return share > 0.9995 ? ">99.9%" : share < 0.0005 ? "<0.1%" : percent(share);
}

export const texts = dictionary({
  title: "Quality",
  nav: {
    name: "Pages of quality",
    trust: "People and checks",
    gold: "Gold labels",
    screening: "Screening",
    mistakes: "Common mistakes",
  },
  agreement: {
    heading: "Agreement between labelers",
  },
  labelers: {
    heading: "Labelers",
    none: "Nobody has labelled here yet.",
    labeler: "Labeler",
    labels: "Labels",
    median: "Median active time",
    foundError: "Found an error",
    solution: "No mistake",
    gaveUp: "Gave up",
    badProblem: "Bad problem",
    last: "Last label",
    program: "program",
    checks: "Checks passed",
    below: "P(below the bar)",
    state: "State",
    noChecks: "none yet",
    working: "working",
    paused: "paused",
    suspended: "suspended",
    detail:
      "Checks: since the labeler began, or was last brought back, with the middle 95% of what the agreement rate may be. Paused is who is below the bar with more than 95%, and at odds of twenty to one.",
  },
  quarantines: {
    heading: "Paused by running checks",
    none: "Nobody: no labeler's checks say that they are below the bar.",
    paused: "paused",
    suspended: "suspended",
    back: "working again",
    stands: { held: "labels held back", release: "labels released", discard: "labels discarded", bring_back: "" },
    since: "Paused",
    below: (share: number) => `Below the bar with ${probability(share)}.`,
    noLabels: "No label is held back: the last check before was passed.",
    labels: (n: number) =>
      `${plural(n, "label")} since the last check that was passed, or else since they began: they train nothing and measure nothing until released.`,
    released: (n: number) => `${plural(n, "label")}, released: they train and count.`,
    toGiveBack: (n: number) => `A discard puts ${plural(n, "solution")} up for labeling again.`,
    sample: "The newest:",
    label: (solution: number, finish: "found_error" | "solution" | "give_up" | "bad_problem") =>
      `solution ${solution} (${{ found_error: "error found", solution: "no mistake", give_up: "given up", bad_problem: "bad problem" }[finish]})`,
    somebody: "somebody",
    decided: {
      release: (by: string) => `${by} released the labels:`,
      discard: (by: string) => `${by} discarded the labels:`,
      bring_back: (by: string) => `${by} brought the labeler back:`,
    },
    failed: "Nothing was decided",
    suspend: "End their work …",
    dialogs: {
      release: {
        title: (who: string) => `Release the labels of ${who}`,
        detail: "They train and count again. You can still discard them later.",
        label: "Why are they good?",
        submit: "Release the labels",
      },
      discard: {
        title: (who: string) => `Discard the labels of ${who}`,
        detail:
          "They stay stored, but train nothing. What is still in labeling goes back to the queue, for others. You can still release them later.",
        label: "Why aren't they good?",
        submit: "Discard the labels",
      },
      bring_back: {
        title: (who: string) => `Bring ${who} back`,
        detail: "They get work again, and their record starts anew: the checks so far no longer count.",
        label: "What has changed?",
        submit: "Bring back",
      },
    },
  },
  checks: {
    heading: "Running checks",
    none: "There are none in use: make gold labels for checks, and the next generation mixes them in.",
    detail: "Good labelers are those who reach the bar over at least five other checks. Nothing is retired by itself.",
    problem: "Problem",
    firstMistakes: "First mistake",
    sound: "none",
    asked: "Met by",
    agreed: "Agreed",
    good: "Good labelers agreed",
    retired: "Those that were retired",
    retire: "Retire",
    retireOf: (problem: string) => `Retire the check: ${problem.slice(0, 60)}`,
    all: (n: number) => `Show all ${count(n)}`,
    failed: "It was not retired",
    dialog: {
      title: "Retire this check",
      detail: "It is asked of nobody any more and speaks of nobody any more; its solution stays out of the pool.",
      label: "Why?",
      submit: "Retire",
    },
  },
  contradictions: {
    heading: "Contradictions",
    none: "None: no pass without a mistake stands over a solution graded wrong.",
    detail:
      "A pass found no mistake, but the answer was graded wrong. Either may be at fault; such labels do not train until somebody has settled them.",
    problem: "Problem",
    answer: "Its answer",
    groundTruth: "Ground truth",
    gradedBy: "Graded by",
    labeler: "Labeler",
    when: "When",
    more: "More",
    by: { grader: "the grader", source: "the source", person: "a person" },
  },
});
