import { Alert, Button, Group, Text } from "@mantine/core";

import { isCode, NOT_SIGNED_IN, OFFLINE, type ApiError } from "@/api/errors";

import { texts } from "./texts";

interface RefusalProps {
  readonly error: ApiError;
  readonly onAgain: () => void;
  readonly onNext: () => void;
}

/** After these the pass can't be sent any more: all that is left is the next one. */
const FINAL = ["lease_lost", "generation_closed", "not_found"];

/** What happened to a submit, what was kept, and what to do. */
export function Refusal({ error, onAgain, onNext }: RefusalProps) {
  const told = wordsFor(error);
  const final = isCode(error, ...FINAL);
  return (
    <Alert role="alert" color={final ? "gray" : "orange"} title={told.title}>
      <Text size="sm">{told.detail}</Text>
      {Object.entries(error.fields).map(([field, sentences]) => (
        <Text key={field} size="sm" c="dimmed">
          {field}: {sentences.join(" ")}
        </Text>
      ))}
      <Group mt="xs" gap="xs">
        {!final && (
          <Button size="xs" onClick={onAgain}>
            {texts.refused.again}
          </Button>
        )}
        <Button size="xs" variant={final ? "filled" : "default"} onClick={onNext}>
          {texts.refused.next}
        </Button>
      </Group>
    </Alert>
  );
}

export function wordsFor(error: ApiError): { title: string; detail: string } {
  const { refused } = texts;
  if (isCode(error, OFFLINE)) return refused.offline;
  if (isCode(error, NOT_SIGNED_IN)) return refused.signed_out;
  if (isCode(error, "lease_lost")) return refused.lease_lost;
  if (isCode(error, "generation_closed")) return refused.generation_closed;
  if (isCode(error, "not_found")) return refused.not_found;
  return { title: refused.other.title, detail: `${error.detail} ${refused.other.kept}` };
}

export function Notice({ text, onDismiss }: { text: string; onDismiss?: () => void }) {
  return (
    <Alert
      role="status"
      variant="light"
      py={6}
      withCloseButton={onDismiss !== undefined}
      closeButtonLabel={texts.bar.dismiss}
      onClose={onDismiss}
    >
      {text}
    </Alert>
  );
}
