import { Anchor, Badge, Group, Table, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { Link } from "react-router";

import type { Checkpoint } from "@/api/types";
import { WideTable } from "@/shared/layout/WideTable";
import { paths } from "@/shared/paths";
import { Ago } from "@/shared/text/Ago";
import { measure, NONE, percent } from "@/shared/text/format";

import { decidingOf, differencesOf } from "./charts/DifferenceFigure";
import { measureInterval, points, pointsInterval, shareInterval, size } from "./charts/figures";
import { atUsual, isPromotable, isTold, measuresOn, originOf, whyNot, type Metric } from "./measures";
import { Promote } from "./Promote";
import { texts } from "./texts";

const words = texts.list;
const NOWRAP = { whiteSpace: "nowrap" } as const;

interface CheckpointsTableProps {
  readonly slug: string;
  readonly checkpoints: readonly Checkpoint[];
  readonly metric: Metric;
  readonly operates: boolean;
}

/** Newest first: what each is worth on gate, and what it gained on the champion it met. */
export function CheckpointsTable({ slug, checkpoints, metric, operates }: CheckpointsTableProps) {
  return (
    <WideTable
      name={words.heading}
      minWidth={900}
      verticalSpacing="sm"
      aria-label={words.heading}
      heads={[
        words.checkpoint,
        { number: words.bestOfN, style: NOWRAP },
        { number: words.firstError, style: NOWRAP },
        words.difference(texts.metrics[metric]),
        operates && { acts: words.act },
      ]}
    >
      {checkpoints.map((each) => (
        <Table.Tr key={each.number} aria-label={texts.number(each.number)}>
          <Table.Td>
            <Which slug={slug} checkpoint={each} />
          </Table.Td>
          <Table.Td ta="right" style={NOWRAP}>
            <BestOfN checkpoint={each} />
          </Table.Td>
          <Table.Td ta="right" style={NOWRAP}>
            <FirstError checkpoint={each} />
          </Table.Td>
          <Table.Td>
            <Gain checkpoint={each} metric={metric} />
          </Table.Td>
          {operates && <Table.Td>{isPromotable(each) && <Promote slug={slug} checkpoint={each} />}</Table.Td>}
        </Table.Tr>
      ))}
    </WideTable>
  );
}

function Which({ slug, checkpoint }: { slug: string; checkpoint: Checkpoint }) {
  const { number, kind, state, is_champion, labels, created_at } = checkpoint;
  return (
    <>
      <Group gap="xs">
        <Anchor component={Link} to={paths.checkpoint(slug, number)} fw={600}>
          {texts.number(number)}
        </Anchor>
        {is_champion && <Mark color="blue">{texts.champion}</Mark>}
        {kind === "orm" && <Mark color="gray">{texts.kinds.orm}</Mark>}
        {state !== "ready" && <Mark color={state === "failed" ? "orange" : "gray"}>{texts.states[state]}</Mark>}
      </Group>
      <Text size="sm" c="dimmed">
        {originOf(checkpoint)} · {labels > 0 && `${texts.labels(labels)} · `}
        <Ago at={created_at} />
      </Text>
    </>
  );
}

function Mark({ color, children }: { color: string; children: ReactNode }) {
  return (
    <Badge radius="sm" tt="none" variant={color === "blue" ? "filled" : "light"} color={color}>
      {children}
    </Badge>
  );
}

function BestOfN({ checkpoint }: { checkpoint: Checkpoint }) {
  const found = measuresOn(checkpoint, "gate")?.best_of_n;
  if (!found) return NONE;
  if (!isTold(found)) return <Why why={whyNot(found)} />;
  const last = atUsual(found);
  return (
    <Value
      value={percent(found.accuracy)}
      notes={[shareInterval(last?.low, last?.high), `${words.at(found.n)}, ${texts.numbers.problems(found.problems)}`]}
    />
  );
}

function FirstError({ checkpoint }: { checkpoint: Checkpoint }) {
  const gate = checkpoint.kind === "orm" ? null : measuresOn(checkpoint, "gate");
  if (!gate) return NONE;
  const { first_error: found, steps } = gate;
  if (!isTold(found)) return <Why why={whyNot(found)} />;
  const beside = isTold(steps) ? texts.numbers.stepAuc(measure(steps.auc)) : null;
  const threshold = texts.numbers.threshold(measure(found.threshold), found.tuned);
  return (
    <Value
      value={measure(found.f1)}
      notes={[measureInterval(found.intervals?.f1?.[0], found.intervals?.f1?.[1]), beside, threshold, texts.numbers.known(found.n, found.n_unknown)]}
    />
  );
}

/** By how much it beat the champion it met, how sure, and what it says at the margin. */
function Gain({ checkpoint, metric }: { checkpoint: Checkpoint; metric: Metric }) {
  const found = decidingOf(differencesOf(checkpoint, "gate"), metric);
  if (!found || found.against === null) return <Why why={notCompared(checkpoint)} />;
  const { compared, verdict, margin, against } = found;
  const ruling = verdict && margin !== null ? `: ${texts.verdicts[verdict](size(margin))}` : "";
  return (
    <Value
      value={`${points(compared.difference)}${found.metric === metric ? "" : ` ${words.on(texts.inWords[found.metric])}`} ${words.against(against)}${ruling}`}
      notes={[`${pointsInterval(compared)}, ${texts.numbers.of[compared.unit](compared.n)}`, words.couldHaveShown(size(compared.detectable))]}
    />
  );
}

function notCompared({ kind, state, measures }: Checkpoint): string {
  if (kind === "orm") return words.orm;
  if (state !== "ready") return words.unmeasured;
  return measures["gate"]?.champion == null ? words.alone : words.notCompared;
}

function Value({ value, notes }: { value: string; notes: readonly (string | null)[] }) {
  return (
    <>
      <Text size="sm" fw={600}>
        {value}
      </Text>
      {notes
        .filter((note) => note !== null)
        .map((note) => (
          <Text key={note} size="xs" c="dimmed">
            {note}
          </Text>
        ))}
    </>
  );
}

function Why({ why }: { why: string | null }) {
  return (
    <Text size="sm" c="dimmed">
      {why ?? NONE}
    </Text>
  );
}
