import { Alert } from "@mantine/core";

import { texts } from "../texts";

/** The code of what went wrong on the way back from elsewhere, null where nothing did. */
export function refusedCode(): string | null {
  return new URLSearchParams(location.search).get("refused");
}

/** Told in words of ours: whatever else stands in the address is not shown. */
export function Refused() {
  const code = refusedCode();
  const sentences: Readonly<Record<string, string>> = texts.refused;
  if (code === null || !Object.hasOwn(sentences, code)) return null;
  return (
    <Alert role="alert" color="orange" title={texts.failed} mb="md">
      {sentences[code]}
    </Alert>
  );
}
