/** Every word of the quality page. */

import { dictionary } from "@/shared/language";

export const texts = dictionary({
  title: "Quality",
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
  },
  contradictions: {
    heading: "Contradictions",
    none: "None: no pass without a mistake stands over a solution graded wrong.",
    detail: "A pass found no mistake, but the answer was graded wrong. Either may be at fault; such labels do not train until somebody has settled them.",
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
