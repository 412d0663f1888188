import { Button, Checkbox, Group, Stack, Text, Textarea } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { useNavigate } from "react-router";

import { Section } from "@/shared/layout/Page";
import { MathText } from "@/shared/mathematics/MathText";
import { paths } from "@/shared/paths";
import { Failure } from "@/shared/states/states";

import classes from "../quality.module.css";
import { PurposeChoice } from "./PurposeChoice";
import { useMake, type KnownLabel, type Purpose, type Solution } from "./queries";
import { texts } from "./texts";

const words = texts.making;

/** What is said of the first mistake: steps, none of them (`sound`), or nothing yet. */
interface Said {
  readonly steps: readonly number[];
  readonly sound: boolean;
  readonly label: number | null;
}

/** What makes the solution gold: its purpose, the steps that may be called the first mistake, and why. */
export function MakeForm({ slug, found }: { slug: string; found: Solution }) {
  const [said, say] = useState<Said>({ steps: [], sound: false, label: null });
  const [purpose, setPurpose] = useState<Purpose>("practice");
  const [explanation, setExplanation] = useState("");
  const [tried, setTried] = useState(false);
  const navigate = useNavigate();
  const make = useMake(slug, ({ id }) => void navigate(paths.goldOf(slug, id)));
  const missing = said.steps.length === 0 && !said.sound;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (missing) return setTried(true);
    const of = said.label === null ? { solution_id: found.solution.id } : { label: said.label };
    make.mutate({ ...of, purpose, first_mistakes: [...said.steps], explanation: explanation.trim() });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="lg">
        <Section title={texts.one.problem}>
          <Text size="lg" maw="76ch">
            <MathText text={found.problem.text} />
          </Text>
        </Section>
        <FromLabel labels={found.labels} onTake={say} />
        <Steps steps={found.solution.steps} said={said} onSay={say} error={tried && missing} />
        <Textarea
          maw="76ch"
          label={texts.one.explanation}
          description={texts.one.hint}
          autosize
          minRows={3}
          value={explanation}
          onChange={(event) => setExplanation(event.currentTarget.value)}
        />
        <PurposeChoice label={texts.purpose.label} value={purpose} onChange={setPurpose} />
        {make.isError && <Failure error={make.error} title={words.failed} />}
        <Button type="submit" w="fit-content" loading={make.isPending}>
          {words.submit}
        </Button>
      </Stack>
    </form>
  );
}

function FromLabel({ labels, onTake }: { labels: readonly KnownLabel[]; onTake: (said: Said) => void }) {
  const whole = labels.filter(
    ({ current, finish_reason, ratings }) => current && !ratings.includes(null) && (finish_reason === "found_error" || finish_reason === "solution"),
  );
  if (whole.length === 0) return null;
  return (
    <Section title={words.from}>
      <Text size="sm" c="dimmed">
        {words.fromHint}
      </Text>
      <Group gap="xs">
        {whole.map((label) => {
          const mistake = label.ratings.indexOf(-1);
          const told = mistake === -1 ? texts.answers.endings.solution : texts.answers.step(mistake);
          return (
            <Button
              key={label.id}
              size="xs"
              variant="default"
              onClick={() => onTake({ steps: mistake === -1 ? [] : [mistake], sound: mistake === -1, label: label.id })}
            >
              {words.label(label.username ?? label.labeler.slice(0, 8), told)}
            </Button>
          );
        })}
      </Group>
    </Section>
  );
}

interface StepsProps {
  readonly steps: readonly string[];
  readonly said: Said;
  readonly onSay: (said: Said) => void;
  readonly error: boolean;
}

function Steps({ steps, said, onSay, error }: StepsProps) {
  const tick = (step: number) =>
    onSay({ ...said, sound: false, steps: said.steps.includes(step) ? said.steps.filter((each) => each !== step) : [...said.steps, step] });
  return (
    <Section title={words.mistakes}>
      <Text size="sm" c="dimmed">
        {words.mistakesHint}
      </Text>
      <ol className={classes.steps}>
        {steps.map((text, step) => (
          <li key={step} className={classes.step} data-ticked data-mistake={said.steps.includes(step) || undefined}>
            <Checkbox
              className={classes.tick}
              label={step + 1}
              aria-label={words.step(step + 1)}
              checked={said.steps.includes(step)}
              onChange={() => tick(step)}
            />
            <MathText text={text} />
          </li>
        ))}
      </ol>
      <Checkbox label={words.sound} checked={said.sound} onChange={(event) => onSay({ ...said, steps: [], sound: event.currentTarget.checked })} />
      {error && (
        <Text role="alert" size="sm" c="var(--lh-warning)">
          {words.missing}
        </Text>
      )}
    </Section>
  );
}
