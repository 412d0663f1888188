import { Alert, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { lazy } from "react";

import { Figure, type Column } from "@/shared/figures/Figure";
import { seriesColor } from "@/shared/figures/palette";
import { Section } from "@/shared/layout/Page";
import { paths } from "@/shared/paths";
import { Loaded } from "@/shared/states/states";
import { measure, percent } from "@/shared/text/format";

import type { Loop, Round } from "../measures";
import { loopQuery } from "../queries";
import { bestOfNRows, kappaRows, linesOf, shareRows, type RoundRow } from "./rounds";
import { texts as words } from "./texts";

const BandChart = lazy(() => import("../charts/BandChart"));

const HEIGHT = 240; // px

/** Whether each retraining made the model better on the pool, and whether more labels of this kind pay. */
export function Learning({ slug }: { slug: string }) {
  return (
    <Section title={words.heading}>
      <Loaded query={useQuery(loopQuery(slug))}>
        {({ rounds, stopping }) =>
          rounds.length === 0 ? (
            <Text c="dimmed">{words.none}</Text>
          ) : (
            <>
              <Hint stopping={stopping} />
              <Curves slug={slug} rounds={rounds} threshold={stopping.threshold} window={stopping.window} />
            </>
          )
        }
      </Loaded>
    </Section>
  );
}

/** What the criterion says, by name and reference. */
function Hint({ stopping: { met, mean, sentence } }: { stopping: Loop["stopping"] }) {
  const title = met ? words.stopping.met : mean === null ? words.stopping.open : words.stopping.not;
  return (
    <Alert color={met ? "orange" : "gray"} title={title}>
      <Text size="sm">{sentence}</Text>
      <Text size="xs" c="dimmed" mt={4}>
        {words.stopping.criterion}
      </Text>
    </Alert>
  );
}

function Curves({ slug, rounds, threshold, window }: { slug: string; rounds: readonly Round[]; threshold: number; window: number }) {
  const { control, selected } = words;
  const colors = {
    [control]: seriesColor("control"),
    [selected]: seriesColor("picks"),
    [words.bestOfN.line]: seriesColor("challenger"),
    [words.kappa.line]: seriesColor("challenger"),
  };
  const curve = (key: string, what: { title: string; sentence: string; y: string }, rows: readonly RoundRow[], show = percent) => (
    <Figure
      key={key}
      title={what.title}
      sentence={what.sentence}
      axes={{ x: words.x, y: what.y }}
      columns={columns(slug, show)}
      rows={rows}
      empty={words.none}
      file={`learning-${key}`}
      height={HEIGHT}
    >
      <BandChart lines={linesOf(rows, colors)} height={HEIGHT} at={words.tip} show={show} />
    </Figure>
  );
  return (
    <div style={{ display: "grid", gap: "var(--mantine-spacing-lg)", gridTemplateColumns: "repeat(auto-fit, minmax(min(100%, 460px), 1fr))" }}>
      {curve("agreement", words.agreement, shareRows(rounds, "agreement", { control, selected }))}
      {curve("mistakes", words.mistakes, shareRows(rounds, "mistakes", { control, selected }))}
      {curve("best-of-n", words.bestOfN, bestOfNRows(rounds, words.bestOfN.line))}
      {curve("kappa", { ...words.kappa, sentence: words.kappa.sentence(threshold, window) }, kappaRows(rounds, words.kappa.line), measure)}
    </div>
  );
}

function columns(slug: string, show: (value: number) => string): readonly Column<RoundRow>[] {
  const { generation, line, champion, checkpoint, low, high, n, putUp, problems, why, value } = words.columns;
  const seen = (number: number | null) => (number === null ? null : paths.checkpoint(slug, number));
  return [
    { title: generation, value: (row) => row.generation, link: (row) => paths.generation(slug, row.generation) },
    { title: line, value: (row) => row.line },
    { title: champion, value: (row) => row.champion, link: (row) => seen(row.champion) },
    { title: checkpoint, value: (row) => row.checkpoint, link: (row) => seen(row.checkpoint) },
    { title: value, value: (row) => row.value, show },
    { title: low, value: (row) => row.low, show },
    { title: high, value: (row) => row.high, show },
    { title: n, value: (row) => row.n },
    { title: putUp, value: (row) => row.putUp, link: (row) => row.items && paths.solutions(slug, row.items) },
    { title: problems, value: (row) => row.problems },
    { title: why, value: (row) => row.why },
  ];
}
