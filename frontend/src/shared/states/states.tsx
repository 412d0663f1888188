import { Alert, Button, Skeleton, Stack, Text, Title } from "@mantine/core";
import type { InfiniteData, UseInfiniteQueryResult, UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { ApiError, isCode, OFFLINE, UNREADABLE } from "@/api/errors";

import { texts } from "../language/texts";
import classes from "./states.module.css";

interface EmptyProps {
  readonly title: string;
  readonly detail: string;
  /** 1 where this is all that the page has. */
  readonly order?: 1 | 2;
  readonly children?: ReactNode;
}

/** An empty place says why it is empty and what to do. */
export function Empty({ title, detail, order = 2, children }: EmptyProps) {
  return (
    <div className={classes.empty}>
      <Title order={order} size="h3">
        {title}
      </Title>
      <Text c="dimmed" maw="48ch">
        {detail}
      </Text>
      {children}
    </div>
  );
}

export function sentenceFor(error: unknown): string {
  if (isCode(error, OFFLINE)) return texts.state.offline;
  if (isCode(error, UNREADABLE)) return texts.state.unreadable;
  return error instanceof ApiError ? (texts.refusal(error.code) ?? error.detail) : texts.state.unreadable;
}

/** An error says what happened and what to do. */
export function Failure({ error, title, onRetry }: { error: unknown; title?: string; onRetry?: () => void }) {
  return (
    <Alert role="alert" color="orange" title={title ?? texts.state.failed}>
      <Text size="sm">{sentenceFor(error)}</Text>
      {onRetry && (
        <Button mt="xs" size="xs" variant="default" onClick={onRetry}>
          {texts.state.retry}
        </Button>
      )}
    </Alert>
  );
}

export function Waiting({ lines = 4 }: { lines?: number }) {
  return (
    <Stack role="status" aria-busy aria-label={texts.state.loading}>
      {Array.from({ length: lines }, (_, line) => (
        <Skeleton key={line} h={line === 0 ? 40 : 22} w={`${100 - line * 8}%`} />
      ))}
    </Stack>
  );
}

/** A query's page: its skeleton, its error with a way on, or its data. Data that is there stays while a new look fails. */
export function Loaded<Data>({ query, children }: { query: UseQueryResult<Data>; children: (data: Data) => ReactNode }) {
  if (query.data !== undefined) return children(query.data);
  if (query.isError) return <Failure error={query.error} onRetry={() => void query.refetch()} />;
  return <Waiting />;
}

interface LoadedPartsProps<Part> {
  readonly query: UseInfiniteQueryResult<InfiniteData<Part>>;
  /** What the button says that asks for more. */
  readonly more: string;
  readonly children: (parts: readonly Part[]) => ReactNode;
}

/** A list that comes in parts: as `Loaded`, with the way to more below what is there. */
export function LoadedParts<Part>({ query, more, children }: LoadedPartsProps<Part>) {
  return (
    <Loaded query={query}>
      {({ pages }) => (
        <>
          {children(pages)}
          {query.isFetchNextPageError && <Failure error={query.error} />}
          {query.hasNextPage && (
            <Button variant="default" w="fit-content" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
              {more}
            </Button>
          )}
        </>
      )}
    </Loaded>
  );
}
