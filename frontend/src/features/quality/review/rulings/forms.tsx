import { Button, Checkbox, Group, SegmentedControl, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useState, type FormEvent, type ReactNode } from "react";

import type { Case, Decision } from "@/api/types";

import { LETTERS } from "../actions";
import { texts } from "../texts";

export interface FormProps {
  readonly found: Case;
  readonly onDecide: (body: Decision) => void;
  readonly onClose: () => void;
}

const words = texts.dialogs;

interface FrameProps {
  readonly told: { readonly detail: string; readonly submit: string };
  readonly onSubmit: () => void;
  readonly onClose: () => void;
  readonly children?: ReactNode;
}

/** What every ruling's form has: what it does, its fields, and the two ways out. */
export function Frame({ told, onSubmit, onClose, children }: FrameProps) {
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <Text size="sm">{told.detail}</Text>
        {children}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {words.cancel}
          </Button>
          <Button type="submit">{told.submit}</Button>
        </Group>
      </Stack>
    </form>
  );
}

export function Reason({
  value,
  onChange,
  label = words.reason,
  error,
  focus = false,
}: {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly label?: string;
  readonly error?: string | false;
  readonly focus?: boolean;
}) {
  return (
    <Textarea
      label={label}
      autosize
      minRows={2}
      value={value}
      error={error}
      data-autofocus={focus || undefined}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

export function GradeForm({ found, onDecide, onClose }: FormProps) {
  const others = (["right", "wrong", "unknown"] as const).filter((grade) => grade !== found.solution.grade);
  const [grade, setGrade] = useState<(typeof others)[number]>(others[0]!);
  const [reason, setReason] = useState("");
  return (
    <Frame told={words.grade} onClose={onClose} onSubmit={() => onDecide({ kind: "grade", grade, reason })}>
      <SegmentedControl
        data-autofocus
        aria-label={words.grade.detail}
        value={grade}
        onChange={(value) => setGrade(value)}
        data={others.map((value) => ({ value, label: words.grade[value] }))}
      />
      <Reason value={reason} onChange={setReason} />
    </Frame>
  );
}

export function GroundTruthForm({ found, onDecide, onClose }: FormProps) {
  const [answer, setAnswer] = useState(found.problem.ground_truth_answer ?? "");
  const [reason, setReason] = useState("");
  const [tried, setTried] = useState(false);
  const missing = answer.trim() === "" || answer.trim() === found.problem.ground_truth_answer;
  const submit = () => (missing ? setTried(true) : onDecide({ kind: "ground_truth", ground_truth_answer: answer.trim(), reason }));
  return (
    <Frame told={words.ground_truth} onClose={onClose} onSubmit={submit}>
      <TextInput
        data-autofocus
        label={words.ground_truth.label}
        value={answer}
        error={tried && missing && words.ground_truth.missing}
        onChange={(event) => setAnswer(event.currentTarget.value)}
      />
      <Reason value={reason} onChange={setReason} />
    </Frame>
  );
}

export function ProblemForm({ kind, onDecide, onClose }: FormProps & { kind: "retire" | "restore" }) {
  const [reason, setReason] = useState("");
  return (
    <Frame told={words[kind]} onClose={onClose} onSubmit={() => onDecide({ kind, reason })}>
      <Reason focus value={reason} onChange={setReason} />
    </Frame>
  );
}

export function GoldForm({ found, onDecide, onClose }: FormProps) {
  const whole = found.labels.filter(({ finish_reason }) => finish_reason === "found_error" || finish_reason === "solution");
  const [label, setLabel] = useState(String(whole[0]!.id));
  const [purpose, setPurpose] = useState<"practice" | "screening" | "check">("practice");
  const [reason, setReason] = useState("");
  return (
    <Frame told={words.gold} onClose={onClose} onSubmit={() => onDecide({ kind: "gold", label: Number(label), purpose, reason })}>
      {whole.length > 1 && (
        <SegmentedControl
          aria-label={words.gold.which}
          value={label}
          onChange={setLabel}
          data={whole.map(({ id }) => ({ value: String(id), label: LETTERS[found.labels.findIndex((one) => one.id === id)] ?? "" }))}
        />
      )}
      <SegmentedControl
        aria-label={words.gold.purpose}
        value={purpose}
        onChange={(value) => setPurpose(value)}
        data={(["practice", "screening", "check"] as const).map((value) => ({ value, label: words.gold.purposes[value] }))}
      />
      <Reason focus value={reason} onChange={setReason} />
    </Frame>
  );
}

export function AnswerForm({ found, onDecide, onClose }: FormProps) {
  const asked = found.labels.find(({ comment }) => comment?.is_question);
  const [reason, setReason] = useState("");
  const [toAll, setToAll] = useState(false);
  const [tried, setTried] = useState(false);
  const missing = reason.trim() === "";
  const submit = () =>
    missing || !asked ? setTried(true) : onDecide({ kind: "answer", label: asked.id, reason: reason.trim(), to_instructions: toAll });
  return (
    <Frame told={words.answer} onClose={onClose} onSubmit={submit}>
      {asked?.comment && <blockquote>{asked.comment.text}</blockquote>}
      <Reason focus label={words.answer.label} value={reason} error={tried && missing && words.answer.missing} onChange={setReason} />
      <Checkbox label={words.answer.toAll} checked={toAll} onChange={(event) => setToAll(event.currentTarget.checked)} />
    </Frame>
  );
}
