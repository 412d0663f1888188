import { Anchor, Badge, Button, Card, Group, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";

import { csv, download } from "@/shared/figures/csv";
import { MathText } from "@/shared/mathematics/MathText";
import { paths } from "@/shared/paths";

import { GoldSteps } from "../gold/GoldSteps";
import { intervalOf, shareOf, stepsOf } from "../share";
import type { MissedGold } from "./queries";
import { texts } from "./texts";

const words = texts.golds;
const SHOWN = 6;

/** What to teach from: the problem, what people say of it, what is right, and why. */
export function MostMissed({ slug, golds, file }: { slug: string; golds: readonly MissedGold[]; file: string }) {
  const [all, showAll] = useState(false);
  if (golds.length === 0) return <Text c="dimmed">{words.none}</Text>;
  return (
    <>
      <Group justify="space-between" align="flex-start">
        <Text size="sm" c="dimmed" maw="90ch">
          {words.detail}
        </Text>
        <Anchor component="button" type="button" size="sm" onClick={() => download(`${file}.csv`, csv(rowsOf(golds)))}>
          {words.save}
        </Anchor>
      </Group>
      <Stack>
        {(all ? golds : golds.slice(0, SHOWN)).map((gold) => (
          <One key={gold.id} slug={slug} gold={gold} />
        ))}
      </Stack>
      {!all && golds.length > SHOWN && (
        <Button variant="default" w="fit-content" onClick={() => showAll(true)}>
          {words.all(golds.length)}
        </Button>
      )}
    </>
  );
}

function One({ slug, gold }: { slug: string; gold: MissedGold }) {
  const { id, purpose, problem, steps, first_mistakes, explanation, wrong, commonest } = gold;
  return (
    <Card withBorder component="article" aria-label={words.open(id)}>
      <Group justify="space-between" mb={4}>
        <Anchor component={Link} to={paths.goldOf(slug, id)} fw={600}>
          {words.open(id)}
        </Anchor>
        <Group gap="xs">
          <Badge radius="sm" tt="none" variant="light" color="gray">
            {texts.purpose[purpose]}
          </Badge>
          <Text size="sm">{words.wrong(shareOf(wrong), intervalOf(wrong))}</Text>
        </Group>
      </Group>
      <Text maw="90ch">
        <MathText text={problem} />
      </Text>
      <Text size="sm" mt="xs">
        {words.commonest(saidOf(commonest), commonest.count, wrong.hits)}. {words.right}: {rightOf(first_mistakes)}.
      </Text>
      <Text size="sm" maw="90ch">
        {words.why}: {explanation ? <MathText text={explanation} /> : words.noExplanation}{" "}
        {!explanation && (
          <Anchor inherit underline="always" component={Link} to={paths.goldOf(slug, id)}>
            {words.write}
          </Anchor>
        )}
      </Text>
      <details>
        <summary>
          <Text span size="sm" c="dimmed">
            {words.show}
          </Text>
        </summary>
        <GoldSteps steps={steps} firstMistakes={first_mistakes} />
      </details>
    </Card>
  );
}

function saidOf({ finish_reason, said, unsure }: MissedGold["commonest"]): string {
  if (unsure) return words.unsure;
  return said === null ? words.endings[finish_reason] : words.step(String(said + 1));
}

function rightOf(firstMistakes: readonly number[]): string {
  return firstMistakes.length === 0 ? words.sound : words.step(stepsOf(firstMistakes, ""));
}

function rowsOf(golds: readonly MissedGold[]) {
  const { id, purpose, problem, said, right, explanation, wrong, passes } = words.columns;
  const rows = golds.map((gold) => [
    gold.id,
    texts.purpose[gold.purpose],
    gold.problem,
    saidOf(gold.commonest),
    rightOf(gold.first_mistakes),
    gold.explanation,
    gold.wrong.hits,
    gold.wrong.n,
  ]);
  return [[id, purpose, problem, said, right, explanation, wrong, passes], ...rows];
}
