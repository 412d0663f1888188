import { Card, Stack, Text, Title } from "@mantine/core";

import { Ago } from "@/shared/text/Ago";
import { measure } from "@/shared/text/format";

import { decidingOf, Differences, differencesOf, type Difference } from "../charts/DifferenceFigure";
import { differenceSentence, points, pointsInterval, size } from "../charts/figures";
import { isTold, measuresOn, SPLITS, toldOf, type OwnCheckpoint } from "../measures";
import { texts as shared } from "../texts";
import { texts } from "./texts";

const words = texts.answer;

/** The first question of the page: is it better than the champion, by how much, how sure; and what was decided, why. */
export function Answer({ slug, checkpoint }: { slug: string; checkpoint: OwnCheckpoint }) {
  const differences = SPLITS.flatMap((split) => differencesOf(checkpoint, split));
  const deciding = decidingOf(differences, checkpoint.metric);
  const { sentence } = checkpoint.decision;
  const margin = checkpoint.decision.margin ?? checkpoint.margin;
  return (
    <Card withBorder component="section" aria-label={words.heading}>
      <Stack gap="sm">
        <Title order={2} size="h3">
          {headline(checkpoint, deciding)}
        </Title>
        {deciding && <HowMuch checkpoint={checkpoint} difference={deciding} />}
        <Rival checkpoint={checkpoint} />
        {sentence && (
          <Text size="sm" c="dimmed">
            {words.decided}: {sentence}
          </Text>
        )}
        {checkpoint.measured_at && (
          <Text size="sm" c="dimmed">
            {words.measured} <Ago at={checkpoint.measured_at} />.
          </Text>
        )}
        {differences.length > 0 && (
          <Differences
            slug={slug}
            rows={differences.map((each) => ({ ...each, name: `${shared.metrics[each.metric]}, ${shared.splitNames[each.split].toLowerCase()}` }))}
            margin={margin}
            title={shared.difference.title}
            sentence={words.drawn(size(margin))}
            file={`checkpoint-${checkpoint.number}-difference`}
            y={words.y}
            own={texts.curve.own(checkpoint.number)}
          />
        )}
      </Stack>
    </Card>
  );
}

/** The answer in a line, by what gate showed of the deciding measure; or why there is none. */
function headline(checkpoint: OwnCheckpoint, deciding: Difference | undefined): string {
  const { state, kind } = checkpoint;
  if (state === "training" || state === "trained" || state === "failed") return words[state];
  if (kind === "orm") return words.orm;
  if (deciding && deciding.against !== null) {
    const [rival, margin] = [words.rival(deciding.against), size(deciding.margin ?? checkpoint.margin)];
    return deciding.verdict ? texts.answers[deciding.verdict](rival, margin) : words.unruled(rival);
  }
  const gate = measuresOn(checkpoint, "gate");
  if (gate === null) return words.before;
  return gate.champion === null ? words.first : words.none;
}

function HowMuch({ checkpoint, difference: { compared, metric, auc } }: { checkpoint: OwnCheckpoint; difference: Difference }) {
  const gate = measuresOn(checkpoint, "gate");
  const found = gate?.best_of_n;
  const steps = gate && metric === "first_error" ? toldOf(gate.steps) : null;
  const rival = gate && toldOf(gate.beside);
  const beside = rival && toldOf(rival.steps);
  const name = metric === "best_of_n" && found && isTold(found) ? texts.measures.bestOfNInWords(found.n) : shared.inWords[metric];
  return (
    <Text>
      {words.howMuch(name, points(compared.difference))} {words.howSure(pointsInterval(compared), shared.numbers.of[compared.unit](compared.n))}{" "}
      {words.detectable(size(compared.detectable))}
      {steps && ` ${words.stepAuc(measure(steps.auc), beside && measure(beside.auc), auc && differenceSentence(auc))}`}
    </Text>
  );
}

/** Whom it was compared with, where that isn't the champion of now. */
function Rival({ checkpoint: { champion, is_champion, measures } }: { checkpoint: OwnCheckpoint }) {
  const then = measures["gate"]?.champion ?? null;
  if (then === null || champion === null) return null;
  if (is_champion) return <Text size="sm">{words.rollBackOf(then)}</Text>;
  return then === champion ? null : <Text size="sm">{words.stale(then, champion)}</Text>;
}
