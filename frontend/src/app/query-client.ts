import { QueryClient } from "@tanstack/react-query";

import { ApiError, OFFLINE } from "@/api/errors";

/** What the server refused it would refuse again; only a lost connection or a broken server is worth another try. */
export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        retry: (failures, error) => failures < 2 && error instanceof ApiError && (error.code === OFFLINE || error.status >= 500),
        staleTime: 1_000,
      },
    },
  });
}
