import { Anchor, Button, Group, List, NumberInput, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { Link, useSearchParams } from "react-router";

import { isCode } from "@/api/errors";
import { BackLink, Page, Section } from "@/shared/layout/Page";
import { MathText } from "@/shared/mathematics/MathText";
import { paths } from "@/shared/paths";
import { Failure, Loaded } from "@/shared/states/states";

import { QualityNav } from "../QualityNav";
import { MakeForm } from "./MakeForm";
import { reviewedQuery, solutionQuery } from "./queries";
import { texts } from "./texts";

const words = texts.making;

/** A gold label of a solution that is here, of a label over it where there is one. The address names the solution. */
export function NewGoldPage({ slug }: { slug: string }) {
  const [query, setQuery] = useSearchParams();
  const given = query.get("solution");
  const solution = given !== null && /^\d{1,15}$/.test(given) ? Number(given) : null;
  return (
    <Page title={words.title}>
      <QualityNav slug={slug} />
      <BackLink to={paths.gold(slug)}>{texts.back}</BackLink>
      <Section title={words.which}>
        <Which key={solution} slug={slug} solution={solution} onLook={(id) => setQuery({ solution: String(id) })} />
      </Section>
      {solution === null ? <Reviewed slug={slug} /> : <Of key={solution} slug={slug} id={solution} />}
    </Page>
  );
}

function Which({ slug, solution, onLook }: { slug: string; solution: number | null; onLook: (id: number) => void }) {
  const [number, setNumber] = useState<number | string>(solution ?? "");
  const look = (event: FormEvent) => {
    event.preventDefault();
    if (typeof number === "number") onLook(number);
  };
  return (
    <form onSubmit={look}>
      <Group align="flex-end">
        <NumberInput label={words.number} min={1} allowDecimal={false} hideControls value={number} onChange={setNumber} />
        <Button type="submit" variant="default" disabled={typeof number !== "number"}>
          {words.look}
        </Button>
      </Group>
      <Group mt="xs">
        <Text size="sm" c="dimmed">
          {words.hint}
        </Text>
        <Anchor component={Link} size="sm" to={paths.solutions(slug)}>
          {words.browse}
        </Anchor>
        <Anchor component={Link} size="sm" to={paths.review(slug)}>
          {words.review}
        </Anchor>
      </Group>
    </form>
  );
}

function Reviewed({ slug }: { slug: string }) {
  const { data } = useQuery(reviewedQuery(slug));
  if (!data || data.length === 0) return null;
  return (
    <Section title={words.reviewed}>
      <List size="sm" spacing={4}>
        {data.map(({ id, solution_id, problem_text }) => (
          <List.Item key={id}>
            <Anchor component={Link} to={paths.newGold(slug, solution_id)}>
              <MathText text={problem_text} />
            </Anchor>
          </List.Item>
        ))}
      </List>
    </Section>
  );
}

function Of({ slug, id }: { slug: string; id: number }) {
  const query = useQuery(solutionQuery(slug, id));
  if (isCode(query.error, "not_found")) return <Failure error={query.error} title={words.noSolution} />;
  return (
    <Loaded query={query}>
      {(found) =>
        found.gold ? (
          <Text>
            {words.taken(texts.purpose[found.gold.purpose])}{" "}
            <Anchor component={Link} to={`${paths.gold(slug)}?purpose=${found.gold.purpose}`}>
              {words.see}
            </Anchor>
          </Text>
        ) : (
          <MakeForm slug={slug} found={found} />
        )
      }
    </Loaded>
  );
}
