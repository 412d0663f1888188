import { Anchor, Table, Text } from "@mantine/core";
import { Link } from "react-router";

import type { Preview } from "@/api/types";
import { paths } from "@/shared/paths";

import { hours, money } from "../describe";
import classes from "../generations.module.css";
import type { Range } from "../queries";
import { texts } from "../texts";

const words = texts.preview;

/** Hours and money that the batch may take, by the time past passes took; or why that can't be told. */
export function Effort({ slug, effort }: { slug: string; effort: Preview["effort"] }) {
  const { currency, past, passes } = effort;
  const unpriced = effort.hours.value !== null && effort.cost.value === null;
  return (
    <div>
      <Table verticalSpacing={4} aria-label={words.effort}>
        <Table.Tbody>
          <Table.Tr>
            <Table.Th className={classes.term}>{words.hours}</Table.Th>
            <Table.Td className={classes.figure}>
              <About range={effort.hours} show={hours} />
            </Table.Td>
          </Table.Tr>
          <Table.Tr>
            <Table.Th className={classes.term}>{words.cost}</Table.Th>
            <Table.Td className={classes.figure}>
              <About range={effort.cost} show={(value) => money(value, currency ?? "")} />{" "}
              {unpriced && (
                <Anchor size="sm" underline="always" component={Link} to={paths.settings(slug)}>
                  {words.settings}
                </Anchor>
              )}
            </Table.Td>
          </Table.Tr>
        </Table.Tbody>
      </Table>
      <Text size="sm" c="dimmed">
        {effort.hours.value === null ? words.wanted(passes) : words.rests(passes, past)}
      </Text>
    </div>
  );
}

function About({ range: { value, low, high, undefined: why }, show }: { range: Range; show: (value: number) => string }) {
  if (value === null || low === null || high === null)
    return (
      <Text span size="sm">
        {words.undefined(why ?? "")}
      </Text>
    );
  return words.about(show(value), show(low), show(high));
}
