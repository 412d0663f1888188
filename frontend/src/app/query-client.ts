import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";

import { ApiError, isCode, NOT_ALLOWED, OFFLINE, UNAVAILABLE } from "@/api/errors";
import { meQuery } from "@/shared/session";

/**
 * What the server refused it would refuse again; only a lost connection or a broken server is worth another try. One that
 * waits for its database is asked until it has it, as often as it wants to be.
 * A refusal for want of a role says that the role isn't what it was: who is signed in is asked anew, and the pages follow.
 */
export function makeQueryClient(): QueryClient {
  const onError = (error: unknown) => {
    if (isCode(error, NOT_ALLOWED)) void client.invalidateQueries({ queryKey: meQuery.queryKey });
  };
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        retry: (failures, error) => isCode(error, UNAVAILABLE) || (failures < 2 && mayPass(error)),
        retryDelay: (failures, error) => (error instanceof ApiError && error.retryAfter) || Math.min(1_000 * 2 ** failures, 30_000),
        staleTime: 1_000,
      },
    },
  });
  return client;
}

function mayPass(error: Error): boolean {
  return error instanceof ApiError && (error.code === OFFLINE || error.status >= 500);
}
