import { Skeleton, Text } from "@mantine/core";
import { lazy, Suspense, useState } from "react";

import type { BestOfN } from "./measures";
import { texts } from "./texts";

const BestOfNChart = lazy(() => import("./BestOfNChart"));

/** The curve, one click away: its chart is loaded when it is asked for. */
export function CurveDisclosure({ measures, champion }: { measures: BestOfN; champion: boolean }) {
  const [open, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <Text span size="sm">
          {texts.chart.show}
        </Text>
      </summary>
      {open && (
        <Suspense fallback={<Skeleton h={280} />}>
          <BestOfNChart measures={measures} champion={champion} />
        </Suspense>
      )}
    </details>
  );
}
