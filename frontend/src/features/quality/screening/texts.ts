/** Every word of the screening page. */

import { dictionary } from "@/shared/language/language";
import { count, percent, plural } from "@/shared/text/format";

export const texts = dictionary({
  title: "Screening",
  set: {
    heading: "The set",
    open: "open",
    closed: "not open",
    isOpen: (questions: number) => `Every newcomer is asked before the first batch. ${plural(questions, "question")} stand in the set.`,
    isClosed: "Nobody is asked: whoever joins as a labeler gets work at once.",
    rule: (size: number, bar: number, needed: number, retakes: number) =>
      `Each is asked ${count(size)} and let in at ${percent(bar, 0)}, which is ${count(needed)} of ${count(size)}. ` +
      (retakes === 0
        ? "Nobody may try again by themselves."
        : `Whoever stays below may try again ${retakes === 1 ? "once" : `${count(retakes)} times`}, on other questions.`),
    settings: "Change it in the settings",
    fewForRetakes: (needs: number, holds: number) =>
      `For that the set needs ${count(needs)} questions and holds ${count(holds)}: some will find none left to try again with.`,
    cannot: "It cannot be opened",
    unfit: "The gold labels for it make no set as they are",
    toGold: "To the gold labels for screening",
    openIt: "Open the screening",
    openAgain: "Take in new questions",
    againHint: "Gold labels for screening that were added since are asked too.",
    close: "Close …",
    failed: "Nothing was changed",
    dialog: {
      title: "Close the screening",
      detail: "Nobody is screened any more, and newcomers get work at once. Screenings under way stay where they are; opened again, they go on.",
      label: "Why?",
      submit: "Close the screening",
    },
  },
  people: {
    heading: "Who stands where",
    filter: "How they stand",
    all: (n: number) => `All ${count(n)}`,
    states: {
      to_take: (n: number) => `Not begun ${count(n)}`,
      open: (n: number) => `Under way ${count(n)}`,
      passed: (n: number) => `Passed ${count(n)}`,
      failed: (n: number) => `Failed ${count(n)}`,
      admitted: (n: number) => `Let in ${count(n)}`,
    },
    labeler: "Labeler",
    stands: "Stands",
    result: "Result",
    attempts: "Attempt",
    when: "When",
    acts: "What can be done",
    none: "Nobody is to be screened: no labeler has joined yet. Invite them on the people page.",
    noneSuch: "Nobody stands so.",
    more: "More",
    badge: { to_take: "not begun", open: "under way", passed: "✓ passed", failed: "✕ failed", admitted: "✓ let in" },
    answered: (answered: number, of: number) => `${count(answered)} of ${count(of)} answered`,
    agreed: (agreed: number, of: number, needed: number) => `${count(agreed)} of ${count(of)} agree, ${count(needed)} needed`,
    retakes: (left: number) => (left === 0 ? "no retake left" : `${plural(left, "retake")} left`),
    by: (who: string, reason: string) => `by ${who}: “${reason}”`,
    somebody: "somebody",
    role: { labeler: "", reviewer: "reviewer", operator: "operator" },
    admit: "Let in …",
    grant: "Grant a retake …",
    admitOf: (who: string) => `Let in … (${who})`,
    grantOf: (who: string) => `Grant a retake … (${who})`,
    failed: "Nothing was changed",
    dialogs: {
      admit: {
        title: (who: string) => `Let ${who} in`,
        detail: "They get work whatever the screening said or would say. Running checks judge them like everybody.",
        label: "Why?",
        submit: "Let in",
      },
      grant: {
        title: (who: string) => `Grant ${who} a retake`,
        detail: "Another attempt on questions they have not seen, beyond those the project allows. It begins with their next visit.",
        label: "Why?",
        submit: "Grant a retake",
      },
    },
  },
});
