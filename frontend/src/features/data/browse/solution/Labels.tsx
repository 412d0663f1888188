import { Anchor, Badge, Group, Table, Text } from "@mantine/core";
import { Link } from "react-router";

import { Section } from "@/shared/layout/Page";
import { WideTable } from "@/shared/layout/WideTable";
import { MathText } from "@/shared/mathematics/MathText";
import { paths } from "@/shared/paths";
import { Ago } from "@/shared/text/Ago";
import { clock, NONE } from "@/shared/text/format";
import { labelTexts } from "@/shared/text/label-texts";
import { Letter, SaidMark } from "@/shared/text/Said";

import classes from "../browse.module.css";
import type { Known, KnownLabel } from "../queries";
import { texts } from "../texts";
import { letterOf } from "./letters";

const words = texts.one;

/** Every revision of every label: who made it where, how it ended, what was remarked, and whether it counts. */
export function Labels({ slug, known }: { slug: string; known: Known }) {
  const { labels } = known;
  return (
    <Section title={words.labels}>
      {known.more_labels && <Text size="sm">{words.moreLabels}</Text>}
      {labels.length === 0 ? <Text c="dimmed">{words.noLabel}</Text> : <Rows slug={slug} labels={labels} />}
    </Section>
  );
}

function Rows({ slug, labels }: { slug: string; labels: readonly KnownLabel[] }) {
  return (
    <WideTable
      name={words.labels}
      minWidth={760}
      className={classes.list}
      verticalSpacing="xs"
      heads={[words.label, words.source, words.where, words.ended, words.flags, words.when]}
    >
      {labels.map((label) => (
        <Table.Tr key={label.id}>
          <Table.Td>
            <Letter>{letterOf(labels, label)}</Letter>{" "}
            <Anchor inherit component={Link} to={paths.labels(slug, `labeler=${label.labeler}`)} title={label.labeler}>
              {label.username ?? label.labeler.slice(0, 8)}
            </Anchor>
          </Table.Td>
          <Table.Td>{labelTexts.source[label.source]}</Table.Td>
          <Table.Td>
            <Where slug={slug} label={label} />
          </Table.Td>
          <Table.Td>
            <Said label={label} />
          </Table.Td>
          <Table.Td>
            <Marks label={label} />
          </Table.Td>
          <Table.Td>
            <Ago at={label.submitted_at} />
            {label.total_time > 0 && <div className={classes.quiet}>{clock(label.total_time)}</div>}
          </Table.Td>
        </Table.Tr>
      ))}
    </WideTable>
  );
}

function Where({ slug, label: { generation, source } }: { slug: string; label: KnownLabel }) {
  if (generation === null) return NONE;
  if (source === "imported") return words.imported(generation);
  if (generation < 0) return texts.generation(generation);
  return (
    <Anchor inherit component={Link} to={paths.generation(slug, generation)}>
      {texts.generation(generation)}
    </Anchor>
  );
}

function Said({ label }: { label: KnownLabel }) {
  const { finish_reason, ratings, reason, comment, alternatives } = label;
  return (
    <>
      {finish_reason !== "found_error" ? labelTexts.finish[finish_reason] : ratings.includes(null) ? texts.unsure : texts.mistake(ratings.length)}
      <ul className={classes.plain}>
        {reason && (
          <li>
            <q>{reason}</q>
          </li>
        )}
        {comment && (
          <li>
            {comment.is_question ? words.asks : words.remarks} <q>{comment.text}</q>
          </li>
        )}
        {alternatives.length > 0 && <li className={classes.quiet}>{words.instead}</li>}
        {alternatives.map(({ text, rating, flagged }, index) => (
          <li key={index}>
            <SaidMark of={flagged ? "unsure" : rating} /> <MathText text={text} />
          </li>
        ))}
      </ul>
    </>
  );
}

function Marks({ label }: { label: KnownLabel }) {
  return (
    <Group gap={4}>
      {label.revision > 1 && <Marked>{texts.labels.revision(label.revision)}</Marked>}
      {!label.current && <Marked>{words.superseded}</Marked>}
      {label.is_quality_control_question && <Marked>{words.check}</Marked>}
      {label.is_initial_screening_question && <Marked>{words.screening}</Marked>}
      {label.held_back && (
        <Marked color="orange" title={words.heldWhy}>
          {words.held}
        </Marked>
      )}
    </Group>
  );
}

function Marked({ children, color = "gray", title }: { children: string; color?: string; title?: string }) {
  return (
    <Badge size="sm" variant="light" color={color} title={title}>
      {children}
    </Badge>
  );
}
