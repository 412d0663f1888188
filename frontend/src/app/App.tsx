import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { BrowserRouter } from "react-router";

import { useLanguage } from "@/shared/language/language";
import { texts as shared } from "@/shared/language/texts";
import { cssVariables, themeWith } from "@/shared/view/theme";
import { useView } from "@/shared/view/view";

import { Crash } from "./Crash";
import { makeQueryClient } from "./query-client";
import { Site } from "./Site";

/** Asks for the language at the root, so that a switch draws the whole site anew. */
export function App() {
  const [client] = useState(makeQueryClient);
  useLanguage();
  const { close } = shared.actions;
  const theme = useMemo(() => themeWith({ close }), [close]);
  const { highContrast } = useView();
  const resolver = useMemo(() => cssVariables(highContrast), [highContrast]);
  return (
    <MantineProvider theme={theme} cssVariablesResolver={resolver} defaultColorScheme="auto">
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
