import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { useState } from "react";
import { BrowserRouter } from "react-router";

import { cssVariables, theme } from "@/shared/theme";

import { Crash } from "./Crash";
import { makeQueryClient } from "./query-client";
import { Site } from "./Site";

export function App() {
  const [client] = useState(makeQueryClient);
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
