/** Every word of the labeler's page. */

import { count, plural } from "@/shared/text/format";

const kept = (passes: number) => `${plural(passes, "pass", "passes")} kept here`;

export const words = {
  title: "Label",
  heading: "Rate the steps",
  actions: {
    bad: "Bad",
    okay: "Okay",
    great: "Great",
    unsure: "Unsure",
    back: "Take back",
    next: "Next step",
    previous: "Previous step",
    submit: "Submit",
    reopen: "Reopen the last pass",
    giveUp: "Give up",
    badProblem: "Bad problem",
    comment: "Comment",
    wholeProblem: "Whole problem",
    asWritten: "Source",
    larger: "Larger text",
    smaller: "Smaller text",
    instructions: "Instructions",
    help: "Keys",
  },
  problem: { heading: "Problem", answer: "answer", noAnswer: "No answer is known." },
  steps: {
    heading: "Steps",
    step: (number: number) => `Step ${number}`,
    alternative: (number: number) => `Alternative ${number}`,
    instruct: "Rate what could stand in its place",
    at: (what: string) => `${what}, not rated yet`,
    sent: "Sent. The next problem is here.",
    unrated: (left: number) => `${plural(left, "more step")}, not rated`,
    rated: (what: string, rating: string) => `${what}: ${rating}`,
    takenBack: "Taken back",
    complete: "The pass is complete. Enter submits it.",
  },
  bar: {
    left: (left: number) => `${count(left)} left to rate`,
    sending: "sending …",
    saved: "saved",
    reopenHint: "reopen (u)",
    revising: "You have reopened your last pass. Submitting it replaces what you sent; u puts it back unchanged.",
    restored: "We kept your pass: the ratings you had made are here.",
    dismiss: "All right",
  },
  comment: {
    title: "Comment on this solution",
    detail: "The reviewers read it together with your ratings. It is sent when you submit.",
    label: "Comment",
    question: "This is a question: I would like an answer",
    keep: "Keep",
    remove: "Remove",
    edit: (question: boolean): string => (question ? "Question" : "Comment"),
  },
  giveUp: {
    title: "Give up on this solution",
    detail: "The solution goes to somebody else. What you rated so far is kept, and trains nothing.",
    label: "What made it too hard to judge?",
    submit: "Give up",
  },
  badProblem: {
    title: "The problem itself is bad",
    detail:
      "For problems that miss a figure, assert something false, ask nothing, or ask four things at once. " +
      "A wrong answer in the box does not make a problem bad.",
    label: "What is wrong with the problem?",
    submit: "Report the problem",
  },
  instructions: {
    title: "Instructions",
    changed: "The instructions have changed",
    version: (version: number) => `Version ${version}`,
    none: "This project has no instructions yet. Ask its operator.",
    start: "Start rating",
  },
  nothing: {
    /** Why there is none, by its code; undefined for what is told in the server's own words. */
    why: (_code: string): string | undefined => undefined,
    title: "Nothing to rate right now",
    paused: "Your work here rests",
    looks: "This page looks again by itself every few seconds.",
    practise: "Practise meanwhile",
    retake: "To my screening",
    again: "Look again",
    looking: "Looking …",
  },
  notFetched: "Your next solution could not be fetched",
  refused: {
    paused: {
      title: "Your work here rests",
      detail: "A reviewer looks at it first. Your ratings are kept as a draft on the server; they train nothing, and others get the solution.",
    },
    lease_lost: {
      title: "This solution was given to somebody else",
      detail:
        "Your lease had run out. Your ratings are kept, on this machine and, once submitted, as a draft on the server; " + "they train nothing.",
    },
    generation_closed: {
      title: "This round of labeling is closed",
      detail: "Its labels cannot change any more. Your ratings are still on this machine.",
    },
    not_found: {
      title: "This solution is no longer yours to rate",
      detail: "It was taken back by the project. Your ratings are still on this machine.",
    },
    stale_revision: {
      title: "This pass was corrected elsewhere meanwhile",
      detail:
        "Your correction is kept here and has replaced nothing. Open it again to submit it in place of the newer one, or leave that one as it is.",
    },
    other: { title: "The pass was not accepted", kept: "Your ratings are still here." },
    about: (problem: string) => `The pass over “${problem}”`,
    next: "Get the next one",
    again: "Open it again",
    leave: "Leave the newer one",
  },
  waiting: {
    offline: (passes: number) => `Offline: ${kept(passes)}, sent when you are back.`,
    signed_out: (passes: number) => `Signed out: ${kept(passes)}, sent when you have signed in again.`,
    busy: (passes: number) => `The server is busy: ${kept(passes)}, sent as soon as it answers.`,
  },
  elsewhere: {
    title: "You are rating in another tab",
    detail: "One tab at a time, so that no pass is rated twice. What you began there comes along.",
    take: "Go on here",
  },
  screening: {
    place: (number: number, of: number) => `Screening: ${count(number)} of ${count(of)}`,
    passed: (agreed: number, of: number, _needed: number) =>
      `You have passed the screening: ${count(agreed)} of ${count(of)} agree with the team. What comes now counts.`,
    failed: (agreed: number, of: number, needed: number) =>
      `The screening was not passed: ${count(agreed)} of ${count(of)} agree with the team, ${count(needed)} are needed.`,
  },
  today: (passes: number) => `${count(passes)} today`,
  median: (time: string) => `median ${time}`,
};

export type Words = typeof words;
