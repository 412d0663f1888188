import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { BrowserRouter } from "react-router";

import { useLanguage } from "@/shared/language";
import { cssVariables, themeWith } from "@/shared/theme";
import { texts as shared } from "@/shared/texts";

import { Crash } from "./Crash";
import { makeQueryClient } from "./query-client";
import { Site } from "./Site";

/** Asks for the language at the root, so that a switch draws the whole site anew. */
export function App() {
  const [client] = useState(makeQueryClient);
  const language = useLanguage();
  const theme = useMemo(() => themeWith({ close: shared.actions.close }), [language]);
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
      <Crash>
        <QueryClientProvider client={client}>
          <BrowserRouter>
            <Site />
          </BrowserRouter>
        </QueryClientProvider>
      </Crash>
    </MantineProvider>
  );
}
