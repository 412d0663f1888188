import type { ReactNode } from "react";
import { Route, Routes } from "react-router";

import { GoldPage } from "./gold/GoldPage";
import { ImportGoldPage } from "./gold/importing/ImportGoldPage";
import { NewGoldPage } from "./gold/NewGoldPage";
import { OneGoldPage } from "./gold/one/OneGoldPage";
import { MistakesPage } from "./mistakes/MistakesPage";
import { QualityPage } from "./overview/QualityPage";
import { ScreeningPage } from "./screening/ScreeningPage";

/** Everything that says how far the labels can be trusted, and makes it so. `absent` is what stands at any other address. */
export function QualityPages({ slug, operates, absent }: { slug: string; operates: boolean; absent: ReactNode }) {
  return (
    <Routes>
      <Route index element={<QualityPage slug={slug} />} />
      <Route path="gold" element={<GoldPage slug={slug} operates={operates} />} />
      <Route path="gold/new" element={<NewGoldPage slug={slug} />} />
      {operates && <Route path="gold/import" element={<ImportGoldPage slug={slug} />} />}
      <Route path="gold/:id" element={<OneGoldPage slug={slug} absent={absent} />} />
      <Route path="screening" element={<ScreeningPage slug={slug} operates={operates} />} />
      <Route path="mistakes" element={<MistakesPage slug={slug} />} />
      <Route path="*" element={absent} />
    </Routes>
  );
}
