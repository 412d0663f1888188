/** Every word of the export. */

import { dictionary } from "@/shared/language/language";
import { count, plural } from "@/shared/text/format";

export const texts = dictionary({
  title: "Export",
  hint: "Labels leave oldest first, and the same labels give the same bytes. Labelers appear under their pseudonyms.",
  format: "Format",
  formats: {
    prm800k: { name: "PRM800K", detail: "One JSON object per label, in every shape that the released rows have. Comes back in without loss." },
    trl: { name: "TRL stepwise", detail: "prompt, completions, labels." },
    processbench: {
      name: "ProcessBench",
      detail: "Steps with the index of the first mistake. Labels that leave it unknown (unsure about a step before any Bad) are left out.",
    },
    math_shepherd: { name: "Math-Shepherd", detail: "Steps marked + or − in the text." },
    rlhflow: { name: "RLHFlow", detail: "A conversation of steps and verdicts." },
    labelhub: { name: "LabelHub", detail: "All that is known of each label, its comment too, one JSON object a line." },
    parquet: { name: "Parquet", detail: "The PRM800K rows as columns." },
  },
  view: "Labels",
  views: {
    all: {
      name: "All labels",
      detail:
        "Every label as it stands now, with quality control, screening, given-up passes and held-out problems; a row says what it is, where its format can.",
    },
    train: {
      name: "Only what may train a model",
      detail:
        "Finished passes on train problems: without quality control and screening, without what is quarantined or contradicts the grade until a reviewer has decided.",
    },
  },
  source: "Source",
  everySource: "Every source",
  sources: { human: "human", simulated: "simulated", imported: "imported", model: "model", reviewed: "merged by a reviewer" },
  generation: "Generation",
  everyGeneration: "Every generation",
  generationNumber: (number: number) => `Generation ${number}`,
  checkpoint: "Seen by checkpoint",
  anyCheckpoint: "Current revisions",
  checkpointNumber: (number: number) => `Checkpoint ${number}`,
  seenBy: (number: number) => `Seen by checkpoint ${number}`,
  example: (name: string) => `A row of ${name}`,
  exampleHint: "The same label in every format: a slip in the second step, and an alternative that is right.",
  exampleColumns: "The same label in every format. Here each field is a column, and nested values stay nested.",
  prepare: "Prepare a file",
  download: "Download now",
  ways: "Both hold the same bytes. A prepared file is written by a worker while you do something else, tells its digest, and can be fetched again; a download begins at once, and begins anew if the connection breaks.",
  prepareFailed: "The file was not asked for",
  files: {
    title: "Prepared files",
    none: "No file yet",
    noneDetail: "Choose a format above and prepare a file. It appears here with its progress, then with its size and digest.",
    file: "File",
    rows: "Rows",
    labels: (n: number, leftOut: number) => `of ${plural(n, "label")}${leftOut > 0 ? `; ${count(leftOut)} left out` : ""}`,
    size: "Size",
    made: "Made",
    by: (name: string | null) => (name ? `by ${name}` : "by an account that is gone"),
    keptUntil: (moment: string) => `kept until ${moment}`,
    failed: (message: string) => `Not written: ${message}`,
    download: "Download",
    downloadOf: (name: string) => `Download ${name}`,
    delete: "Delete",
    deleteOf: (name: string) => `Delete ${name}`,
    deleteFailed: "The file was not deleted",
    deleteDialog: {
      title: "Delete this file?",
      detail: "It can't be fetched any more. The labels stay, and while they are the same it can be prepared again with the same digest.",
      submit: "Delete",
    },
    giveUp: "Give up",
    giveUpOf: (name: string) => `Give up ${name}`,
    giveUpDialog: { title: "Give up this file?", detail: "What is written of it is cleared away.", submit: "Give up" },
  },
  script: "For a script, with a token:",
});
