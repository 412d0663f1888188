import { ActionIcon, Code, CopyButton } from "@mantine/core";

import { texts } from "../language/texts";
import classes from "./Copyable.module.css";

/** An id or a secret that is copied whole, also where only its beginning is `shown`. */
export function Copyable({ text, shown = text }: { text: string; shown?: string }) {
  return (
    <span className={classes.copyable}>
      <Code title={text}>{shown}</Code>
      <CopyButton value={text}>
        {({ copied, copy }) => (
          <ActionIcon variant="subtle" color="gray" size="sm" aria-label={copied ? texts.actions.copied : texts.actions.copy(shown)} onClick={copy}>
            {copied ? <span aria-hidden>✓</span> : <Sheets />}
          </ActionIcon>
        )}
      </CopyButton>
    </span>
  );
}

function Sheets() {
  return (
    <svg aria-hidden width="12" height="12" viewBox="0 0 12 12" fill="none" stroke="currentColor">
      <rect x="0.5" y="3.5" width="8" height="8" rx="1.5" />
      <path d="M3.5 3.5V2A1.5 1.5 0 0 1 5 .5h5A1.5 1.5 0 0 1 11.5 2v5A1.5 1.5 0 0 1 10 8.5H8.5" />
    </svg>
  );
}
