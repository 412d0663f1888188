import { Table, Text } from "@mantine/core";

import { Section } from "@/shared/layout/Page";
import { count, NONE, percent } from "@/shared/text/format";

import type { Mine } from "../practice/queries";
import { texts } from "../practice/texts";

const words = texts.mine.mistakes;
const OUTCOMES = ["agreed", "said_none", "too_late", "too_early", "false_alarm", "unsure", "not_finished"] as const;
const SETS = ["practice", "screening"] as const;

/** Where the labeler's own passes differ from the team's: first tries of practice, and screenings that are decided. */
export function OwnMistakes({ mistakes }: Pick<Mine, "mistakes">) {
  const told = SETS.filter((set) => mistakes[set].agreed.n > 0);
  if (told.length === 0) return null;
  return (
    <Section title={words.title}>
      <Text size="sm" c="dimmed">
        {words.detail}
      </Text>
      <Table.ScrollContainer minWidth={420} maw={760} scrollAreaProps={{ viewportProps: { tabIndex: 0, "aria-label": words.title } }}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{words.outcome}</Table.Th>
              {told.map((set) => (
                <Table.Th key={set} ta="right">
                  {words.sets[set]}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {OUTCOMES.map((outcome) => (
              <Table.Tr key={outcome}>
                <Table.Td>
                  {words.outcomes[outcome]}
                  <Text size="sm" c="dimmed">
                    {words.meaning[outcome]}
                  </Text>
                </Table.Td>
                {told.map((set) => (
                  <Table.Td key={set} ta="right" style={{ whiteSpace: "nowrap" }}>
                    {shareOf(mistakes[set][outcome])}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Section>
  );
}

function shareOf({ hits, n }: { readonly hits: number; readonly n: number }): string {
  return n === 0 ? NONE : `${count(hits)}/${count(n)} · ${percent(hits / n, 0)}`;
}
