import { Anchor } from "@mantine/core";
import type { ReactNode } from "react";
import { Link } from "react-router";

import type { Generation } from "@/api/types";
import { paths } from "@/shared/paths";
import { Ago } from "@/shared/text/Ago";
import { Copyable } from "@/shared/text/Copyable";
import { count, named, NONE, percent } from "@/shared/text/format";

import classes from "../generations.module.css";
import { mayAskForWrong } from "../describe";
import { texts } from "../texts";

const words = texts.page;

/** How it was launched: with the pool and the checkpoint, all that the picks depend on. */
export function Parameters({ slug, generation }: { slug: string; generation: Generation }) {
  const ahead = generation.state === "ahead";
  const asksForWrong = mayAskForWrong(generation.rule) && !ahead;
  const pool = generation.manifest["pool_digest"];
  return (
    <dl className={classes.facts}>
      <Fact term={words.rule}>{ahead ? texts.atLaunch : named(texts.rules, generation.rule)}</Fact>
      {!ahead && (
        <Fact term={words.k}>
          {count(generation.k)} {texts.scopes[generation.scope]}
        </Fact>
      )}
      {asksForWrong && <Fact term={words.wrongShare}>{percent(generation.wrong_share, 0)}</Fact>}
      <Fact term={words.controlShare}>{percent(generation.control_share, 0)}</Fact>
      {generation.rule !== "uniform" && !ahead && <Fact term={words.auditShare}>{percent(generation.audit_share, 0)}</Fact>}
      <Fact term={words.gateK}>{count(generation.gate_k)}</Fact>
      <Fact term={words.labelsWanted}>{count(generation.labels_wanted)}</Fact>
      {generation.overlap_share > 0 && <Fact term={words.overlapShare}>{percent(generation.overlap_share, 0)}</Fact>}
      <Fact term={words.seed}>{generation.seed}</Fact>
      <Fact term={words.champion}>{checkpoint(slug, generation.champion) ?? words.noChampion}</Fact>
      <Fact term={words.checkpoint}>{checkpoint(slug, generation.checkpoint) ?? NONE}</Fact>
      <Fact term={words.launched}>
        <Ago at={generation.launched_at} />
      </Fact>
      <Fact term={words.labelingSince}>
        <Ago at={generation.labeling_at} />
      </Fact>
      <Fact term={words.ended}>
        <Ago at={generation.ended_at} />
      </Fact>
      {typeof pool === "string" && (
        <Fact term={words.pool}>
          <Copyable text={pool} shown={pool.slice(0, 12)} />
        </Fact>
      )}
    </dl>
  );
}

function checkpoint(slug: string, number: number | null): ReactNode {
  if (number === null) return null;
  return (
    <Anchor inherit component={Link} to={paths.checkpoint(slug, number)}>
      {words.checkpointNumber(number)}
    </Anchor>
  );
}

function Fact({ term, children }: { term: string; children: ReactNode }) {
  return (
    <>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </>
  );
}
