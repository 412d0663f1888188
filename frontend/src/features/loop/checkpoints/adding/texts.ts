/** Every word of adding a model that was not trained here. */

import { dictionary } from "@/shared/language/language";

export const texts = dictionary({
  button: "Add a model …",
  title: "Add a model that was not trained here",
  detail:
    "It becomes a checkpoint: measured on the gate problems, compared, promoted and rolled back like any other. Nothing is promoted by adding it.",
  detailAwaited: (generation: number) =>
    `It becomes the checkpoint that generation ${generation} waits for: measured on the gate problems, compared with the champion, and promoted by the project's rule.`,
  source: "Where does it run?",
  sources: {
    served: "On a server that the workers ask over HTTP",
    public: "On the workers: a published model from a directory or a model hub",
    imported: "Elsewhere: I have a file of its scores",
  },
  off: {
    served:
      "No scoring server is set up yet. Ask the administrator to list one, such as SCORING_ENDPOINTS=local=http://127.0.0.1:8000, and to restart the site and its workers.",
    public: "No model is set up yet. Ask the administrator to list its hub id or directory in BASE_MODELS, and to restart the site and its workers.",
  },
  endpoint: "Server",
  model: "Model",
  modelHint: "Its name on the server",
  style: "How it is read",
  tokenizer: "Tokenizer",
  tokenizerHint: "Texts travel to the server as token ids",
  name: "Name",
  nameHint: "Of the model that gave the scores",
  file: "File of scores",
  fileHint: 'JSON Lines: {"solution_id": "…", "step_probs": [0.98, 0.4]}',
  aggregate: "How steps make a score",
  threshold: "Threshold of a mistake",
  thresholdHint: "The published P(correct) below which a step is a mistake. Left empty, it is tuned on this project's training labels.",
  submit: "Add and measure",
  failed: "It was not added",
  unscored: "Download what it has not scored",
  more: "Add scores …",
  moreTitle: "Add scores of this model",
  moreDetail: "For solutions that came later, or a file that was mended. Scores that are there already must be the same.",
  moreFailed: "No scores were added",
});
