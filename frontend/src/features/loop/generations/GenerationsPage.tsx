import { Button, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useSearchParams } from "react-router";

import { generationsQuery } from "@/api/queries";
import type { Generation } from "@/api/types";
import { Page } from "@/shared/layout/Page";
import { Empty, Loaded } from "@/shared/states/states";

import { GenerationsTable } from "./GenerationsTable";
import { LaunchDrawer } from "./launch/LaunchDrawer";
import { texts } from "./texts";

const words = texts.list;
const FREE: readonly Generation["state"][] = ["ahead", "closed", "cancelled"]; // these don't keep the next from being launched

/** All generations; `?launch` opens the drawer, so that other pages can link to it. */
export function GenerationsPage({ slug, operates }: { slug: string; operates: boolean }) {
  const query = useQuery(generationsQuery(slug));
  const [search, setSearch] = useSearchParams();
  const active = query.data?.find(({ state }) => !FREE.includes(state));
  const setLaunching = (on: boolean) => setSearch(on ? { launch: "" } : {}, { replace: true });
  const launch = operates && (
    <Button disabled={active !== undefined} onClick={() => setLaunching(true)}>
      {words.launch}
    </Button>
  );
  return (
    <Page title={words.title} actions={launch}>
      {operates && active && (
        <Text size="sm" c="dimmed">
          {words.active(active.number)}
        </Text>
      )}
      <Loaded query={query}>
        {(generations) =>
          generations.length > 0 ? (
            <GenerationsTable slug={slug} generations={generations} />
          ) : (
            <Empty title={words.none} detail={words.noneDetail}>
              {launch}
            </Empty>
          )
        }
      </Loaded>
      <LaunchDrawer
        slug={slug}
        last={query.data?.find(({ state }) => state !== "ahead") ?? null}
        opened={operates && search.has("launch") && query.isSuccess && !active}
        onClose={() => setLaunching(false)}
      />
    </Page>
  );
}
