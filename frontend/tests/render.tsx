import { MantineProvider } from "@mantine/core";
import { QueryClientProvider, type QueryClient } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import type { ReactNode } from "react";
import { MemoryRouter, useLocation } from "react-router";

import type { Me } from "@/api/types";
import { makeQueryClient } from "@/app/query-client";
import { meQuery } from "@/shared/session";
import { cssVariables, themeWith } from "@/shared/view/theme";

/** Render as this person at this address; transitions take no time, and nothing is asked twice after an error. */
export function renderAs(me: Me | null, page: ReactNode, address = "/") {
  const client = makeQueryClient();
  client.setDefaultOptions({ queries: { ...client.getDefaultOptions().queries, retry: false } });
  if (me) client.setQueryData(meQuery.queryKey, me);
  return renderWith(client, page, address);
}

/** Render as nobody, with what fails asked again as in life. */
export function renderTrying(page: ReactNode) {
  return renderWith(makeQueryClient(), page, "/");
}

function renderWith(client: QueryClient, page: ReactNode, address: string) {
  return render(
    <MantineProvider theme={themeWith({ close: "Close" })} cssVariablesResolver={cssVariables(false)} env="test">
      <QueryClientProvider client={client}>
        <MemoryRouter initialEntries={[address]}>
          {page}
          <Address />
        </MemoryRouter>
      </QueryClientProvider>
    </MantineProvider>,
  );
}

/** The address that the page is at, for tests to read. */
function Address() {
  const { pathname, search } = useLocation();
  return <output aria-label="address">{pathname + search}</output>;
}
