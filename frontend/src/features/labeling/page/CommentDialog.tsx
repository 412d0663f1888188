import { Button, Checkbox, Group, Modal, Stack, Text, Textarea } from "@mantine/core";
import { useState, type FormEvent } from "react";

import { texts as shared } from "@/shared/language/texts";

import type { Comment } from "../desk/desk";
import { texts } from "../texts";

const LONGEST = 5_000; // characters, as the server takes them

interface CommentDialogProps {
  readonly opened: boolean;
  readonly comment: Comment | null;
  readonly onComment: (comment: Comment | null) => void;
  readonly onClose: () => void;
}

/** A comment or a question that goes with the pass; it can be changed until the pass is submitted. */
export function CommentDialog({ opened, onClose, ...form }: CommentDialogProps) {
  return (
    <Modal opened={opened} onClose={onClose} title={texts.comment.title}>
      <CommentForm onClose={onClose} {...form} />
    </Modal>
  );
}

/** Its own component, so that every opening starts with what is kept. */
function CommentForm({ comment, onComment, onClose }: Omit<CommentDialogProps, "opened">) {
  const [text, setText] = useState(comment?.text ?? "");
  const [isQuestion, setQuestion] = useState(comment?.is_question ?? false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onComment(text.trim() === "" ? null : { text: text.trim(), is_question: isQuestion });
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <Text size="sm">{texts.comment.detail}</Text>
        <Textarea
          data-autofocus
          label={texts.comment.label}
          autosize
          minRows={2}
          maxRows={8}
          maxLength={LONGEST}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) submit(event);
          }}
        />
        <Checkbox label={texts.comment.question} checked={isQuestion} onChange={(event) => setQuestion(event.currentTarget.checked)} />
        <Group justify="flex-end">
          {comment && (
            <Button variant="subtle" color="gray" onClick={() => onComment(null)}>
              {texts.comment.remove}
            </Button>
          )}
          <Button variant="default" onClick={onClose}>
            {shared.actions.cancel}
          </Button>
          <Button type="submit">{texts.comment.keep}</Button>
        </Group>
      </Stack>
    </form>
  );
}
