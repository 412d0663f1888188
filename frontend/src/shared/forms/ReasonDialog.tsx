import { Button, Group, Modal, Stack, Text, Textarea } from "@mantine/core";
import { useState, type FormEvent } from "react";

import { texts } from "../language/texts";

interface Words {
  readonly title: string;
  readonly detail: string;
  readonly label: string;
  readonly submit: string;
}

interface ReasonDialogProps {
  readonly opened: boolean;
  readonly words: Words;
  readonly onReason: (reason: string) => void;
  readonly onClose: () => void;
}

/** A consequential act asks for its reason in words, and takes none without. */
export function ReasonDialog({ opened, words, onReason, onClose }: ReasonDialogProps) {
  return (
    <Modal opened={opened} onClose={onClose} title={words.title}>
      <ReasonForm words={words} onReason={onReason} onClose={onClose} />
    </Modal>
  );
}

/** Its own component, so that every opening starts with an empty field. */
function ReasonForm({ words, onReason, onClose }: Omit<ReasonDialogProps, "opened">) {
  const [reason, setReason] = useState("");
  const [missing, setMissing] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (reason.trim() === "") setMissing(true);
    else onReason(reason.trim());
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <Text size="sm">{words.detail}</Text>
        <Textarea
          data-autofocus
          label={words.label}
          autosize
          minRows={2}
          value={reason}
          error={missing && reason.trim() === "" ? texts.reason.missing : undefined}
          onChange={(event) => setReason(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) submit(event);
          }}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {texts.actions.cancel}
          </Button>
          <Button type="submit">{words.submit}</Button>
        </Group>
      </Stack>
    </form>
  );
}
