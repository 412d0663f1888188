import { Button, Group, Modal, Stack, Text } from "@mantine/core";

import { texts } from "../language/texts";

interface ConfirmDialogProps {
  readonly opened: boolean;
  readonly words: { readonly title: string; readonly detail: string; readonly submit: string };
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** A consequential act is named, with what it leads to, before it is done. */
export function ConfirmDialog({ opened, words, onConfirm, onClose }: ConfirmDialogProps) {
  return (
    <Modal opened={opened} onClose={onClose} title={words.title}>
      <Stack>
        <Text size="sm">{words.detail}</Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {texts.actions.cancel}
          </Button>
          <Button data-autofocus onClick={onConfirm}>
            {words.submit}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
