import { Button, Group, Stack, Text, Textarea } from "@mantine/core";
import { useState, type FormEvent } from "react";

import { MathText } from "@/shared/mathematics/MathText";
import { Failure } from "@/shared/states/states";

import { useExplanation } from "../queries";
import { texts } from "../texts";

const words = texts.one;

interface ExplanationProps {
  readonly slug: string;
  readonly id: number;
  readonly explanation: string;
}

/** What somebody reads who missed it, and the way to say it in other words. */
export function Explanation({ slug, id, explanation }: ExplanationProps) {
  const [editing, edit] = useState(false);
  const saving = useExplanation(slug, id);
  if (editing) {
    const save = (text: string) => saving.mutate(text, { onSuccess: () => edit(false) });
    return <Form explanation={explanation} busy={saving.isPending} error={saving.error} onSave={save} onClose={() => edit(false)} />;
  }
  return (
    <>
      {explanation ? (
        <Text maw="76ch" style={{ whiteSpace: "pre-line" }}>
          <MathText text={explanation} />
        </Text>
      ) : (
        <Text c="dimmed">{words.noExplanation}</Text>
      )}
      <Button variant="default" size="xs" w="fit-content" onClick={() => edit(true)}>
        {words.edit}
      </Button>
    </>
  );
}

interface FormProps {
  readonly explanation: string;
  readonly busy: boolean;
  readonly error: unknown;
  readonly onSave: (text: string) => void;
  readonly onClose: () => void;
}

function Form({ explanation, busy, error, onSave, onClose }: FormProps) {
  const [text, setText] = useState(explanation);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSave(text.trim());
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm" maw="76ch">
        {error != null && <Failure error={error} title={words.failed} />}
        <Textarea
          autoFocus
          autosize
          minRows={3}
          label={words.explanation}
          description={words.hint}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Group>
          <Button type="submit" size="xs" loading={busy}>
            {words.save}
          </Button>
          <Button variant="default" size="xs" onClick={onClose}>
            {words.cancel}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
