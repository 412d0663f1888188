export const texts = {
  title: "Sign in",
  again: "Sign in again",
  againDetail: "You were signed out. The page under this is as you left it.",
  username: "Name",
  password: "Password",
  submit: "Sign in",
  failed: "That did not work",
} as const;
