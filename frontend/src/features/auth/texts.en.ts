export const words = {
  title: "Sign in",
  again: "Sign in again",
  againDetail: "You were signed out. The page under this is as you left it.",
  username: "Name",
  password: "Password",
  submit: "Sign in",
  failed: "That did not work",
  tokens: {
    title: "API tokens",
    hint: "For scripts that do what you may do, as a header: Authorization: Bearer TOKEN.",
    none: "You have no token.",
    name: "What it is for",
    create: "Make a token",
    once: (name: string) => `The token for ${name}, shown this once:`,
    made: "Made",
    revoke: "Revoke",
    revokeTitle: (name: string) => `Revoke the token for ${name}?`,
    revokeDetail: "Scripts that use it are refused from now on.",
    failed: "Nothing was changed",
  },
};

export type Words = typeof words;
