import { Anchor, Table, Text } from "@mantine/core";
import { Link } from "react-router";

import { WideTable } from "@/shared/layout/WideTable";
import { paths } from "@/shared/paths";
import { clock, count, NONE } from "@/shared/text/format";

import { money, seconds } from "../describe";
import type { Estimate, Watch } from "../queries";
import { watching } from "../texts.watch";

const words = watching.times;

interface TimesProps {
  readonly slug: string;
  readonly number: number;
  readonly times: Watch["times"];
  readonly cost: Watch["cost"];
}

/** What a pass, a step, a label and a found mistake take, in time and in money: each with n and interval, or why it is undefined. */
export function TimesAndCost({ slug, number, times, cost }: TimesProps) {
  const paid = (value: number) => money(value, cost.currency ?? "");
  const rows = [
    { name: words.per_pass, estimate: times.per_pass, show: clock },
    { name: words.per_step, estimate: times.per_step, show: seconds },
    { name: words.time_per_label, estimate: cost.time_per_label, show: clock },
    { name: words.time_per_error, estimate: cost.time_per_error, show: clock },
    { name: words.per_label, estimate: cost.per_label, show: paid },
    { name: words.per_error, estimate: cost.per_error, show: paid },
  ];
  const total = cost.currency === null || cost.total === null ? null : money(cost.total, cost.currency);
  return (
    <>
      <Text size="sm" c="dimmed">
        {words.total(clock(cost.ms), cost.time_per_label.n, total)}{" "}
        {cost.currency === null && (
          <Anchor size="sm" underline="always" component={Link} to={paths.settings(slug)}>
            {words.rate}
          </Anchor>
        )}
      </Text>
      <WideTable
        name={words.title}
        minWidth={620}
        verticalSpacing={6}
        heads={[watching.figure, { number: watching.value }, { number: watching.interval }, { number: watching.n }]}
      >
        {rows.map(({ name, estimate, show }) => (
          <Row key={name} name={name} estimate={estimate} show={show} to={paths.labels(slug, `generation=${number}&asked_for=work`)} />
        ))}
      </WideTable>
    </>
  );
}

interface RowProps {
  readonly name: string;
  readonly estimate: Estimate;
  readonly show: (value: number) => string;
  readonly to: string;
}

function Row({ name, estimate: { value, low, high, n, undefined: why }, show, to }: RowProps) {
  return (
    <Table.Tr>
      <Table.Td>
        {name}
        {why && (
          <Text size="sm" c="dimmed">
            {watching.undefined(why)}
          </Text>
        )}
      </Table.Td>
      <Table.Td ta="right">{value === null ? NONE : show(value)}</Table.Td>
      <Table.Td ta="right">{low === null || high === null ? NONE : `${show(low)} – ${show(high)}`}</Table.Td>
      <Table.Td ta="right">
        {n === 0 ? (
          count(n)
        ) : (
          <Anchor inherit component={Link} to={to}>
            {count(n)}
          </Anchor>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
