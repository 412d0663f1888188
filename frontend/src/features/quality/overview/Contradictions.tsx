import { Table, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";

import { api, told } from "@/api/client";
import { keys } from "@/api/queries";
import type { Contradiction } from "@/api/types";
import { WideTable } from "@/shared/layout/WideTable";
import { asMath } from "@/shared/mathematics/mathematics";
import { MathText } from "@/shared/mathematics/MathText";
import { LoadedParts } from "@/shared/states/states";
import { Ago } from "@/shared/text/Ago";
import { Copyable } from "@/shared/text/Copyable";

import { texts } from "../texts";

const words = texts.contradictions;
const AT_ONCE = 20;

export function Contradictions({ slug }: { slug: string }) {
  return (
    <LoadedParts query={useContradictions(slug)} more={words.more}>
      {(parts) => <Found found={parts.flatMap(({ results }) => results)} />}
    </LoadedParts>
  );
}

function Found({ found }: { found: readonly Contradiction[] }) {
  if (found.length === 0) return <Text c="dimmed">{words.none}</Text>;
  return (
    <>
      <Text size="sm" c="dimmed">
        {words.detail}
      </Text>
      <ContradictionTable found={found} />
    </>
  );
}

function useContradictions(slug: string) {
  return useInfiniteQuery({
    queryKey: [...keys.project(slug), "contradictions"],
    queryFn: ({ pageParam }) =>
      told(
        api.GET("/api/v1/projects/{slug}/contradictions", {
          params: { path: { slug }, query: { after: pageParam, limit: AT_ONCE } },
        }),
      ),
    initialPageParam: 0,
    getNextPageParam: ({ next }) => next,
  });
}

function ContradictionTable({ found }: { found: readonly Contradiction[] }) {
  return (
    <WideTable
      name={words.heading}
      minWidth={820}
      heads={[words.problem, words.answer, words.groundTruth, words.gradedBy, words.labeler, words.when]}
    >
      {found.map((one) => (
        <Table.Tr key={one.label}>
          <Table.Td maw={420}>
            <Text size="sm" lineClamp={3} title={one.problem}>
              <MathText text={one.problem} />
            </Text>
          </Table.Td>
          <Table.Td>
            <MathText text={asMath(one.answer ?? "")} />
          </Table.Td>
          <Table.Td>
            <MathText text={asMath(one.ground_truth_answer ?? "")} />
          </Table.Td>
          <Table.Td>{words.by[one.graded_by]}</Table.Td>
          <Table.Td>
            <Copyable text={one.labeler} shown={one.labeler.slice(0, 8)} />
          </Table.Td>
          <Table.Td>
            <Ago at={one.submitted_at} />
          </Table.Td>
        </Table.Tr>
      ))}
    </WideTable>
  );
}
