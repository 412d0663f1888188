/** Words that belong to no single feature. */
export const words = {
  product: "LabelHub",
  /** What the server refused, by its code; undefined for what is told in the server's own words. */
  refusal: (_code: string): string | undefined => undefined,
  math: { wide: "Wide formula", broken: "This LaTeX could not be read, so it is shown as it was written." },
  time: {
    justNow: "just now",
    seconds: (number: string) => `${number} s`,
    minutes: (number: string) => `${number} min`,
    hours: (number: string) => `${number} h`,
    left: (time: string) => `about ${time} left`,
    perSecond: (rate: string) => `${rate}/s`,
  },
  state: {
    loading: "Loading",
    failed: "This could not be loaded",
    retry: "Try again",
    waits: "The site is waiting for its database, or for something else that it depends on. Nothing is lost, and this page goes on by itself.",
    offline: "The server could not be reached. Nothing was lost; try again when you are connected.",
    unreadable: "The server gave an answer that this page does not understand. Try again; if it stays, tell the operator.",
  },
  actions: { cancel: "Cancel", close: "Close", save: "Save", saved: "Saved", copy: (what: string) => `Copy ${what}`, copied: "Copied" },
  jobs: {
    kind: { import: "Import", sample: "Sample", grade: "Grade", score: "Score", select: "Select", train: "Train", evaluate: "Evaluate", export: "Export" },
    state: { queued: "waits for a worker", running: "running", done: "done", failed: "failed" },
    of: (done: string, total: string) => `${done} of ${total}`,
  },
  figure: { table: "Table", csv: "CSV", saveAs: (title: string) => `${title} as CSV` },
  roles: { labeler: "Labeler", reviewer: "Reviewer", operator: "Operator" },
  reason: { missing: "Say in a few words why." },
  keys: { title: "Keys of this page" },
  data: { name: "Data", problems: "Problems", solutions: "Solutions", labels: "Labels", import: "Import", sampling: "Sampling", export: "Export" },
  language: { name: "Language" },
  view: {
    name: "View",
    colours: "Colours",
    auto: "As the system has it",
    light: "Light",
    dark: "Dark",
    highContrast: "High contrast",
    size: (percent: string) => `Text size: ${percent}`,
    larger: "Larger text",
    smaller: "Smaller text",
  },
  account: { menu: (name: string) => `Account of ${name}`, projects: "All projects", security: "Your account", tokens: "API tokens", signOut: "Sign out", stillIn: "You are still signed in" },
  crash: {
    title: "This page stopped working",
    detail: "What you had rated is kept on this machine. Load the page again to go on.",
    reload: "Load again",
  },
  absent: { title: "There is no such page", detail: "The address may be old, or the project may not be yours.", home: "To your projects" },
};

export type Words = typeof words;
