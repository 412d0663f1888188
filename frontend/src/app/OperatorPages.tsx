import type { ReactNode } from "react";
import { Navigate, NavLink, Route, Routes, useParams } from "react-router";

import { CheckpointPage } from "@/features/checkpoints/CheckpointPage";
import { CheckpointsPage } from "@/features/checkpoints/CheckpointsPage";
import { ExportPage } from "@/features/corpus/ExportPage";
import { ImportPage } from "@/features/corpus/ImportPage";
import { ImportReport } from "@/features/corpus/ImportReport";
import { SamplingPage } from "@/features/corpus/SamplingPage";
import { SamplingReport } from "@/features/corpus/SamplingReport";
import { GenerationPage } from "@/features/generations/GenerationPage";
import { GenerationsPage } from "@/features/generations/GenerationsPage";
import { HomePage } from "@/features/progress/HomePage";
import { WorkerBanner } from "@/features/progress/WorkerBanner";
import { AuditPage } from "@/features/projects/AuditPage";
import { PeoplePage } from "@/features/projects/PeoplePage";
import { SettingsPage } from "@/features/projects/SettingsPage";
import { QualityPages } from "@/features/quality/QualityPages";
import { ReviewPage } from "@/features/review/ReviewPage";
import { paths } from "@/shared/paths";
import { mayAct, roleIn, useMe } from "@/shared/session";
import { TopBar } from "@/shared/TopBar";

import { Absent } from "./Absent";
import classes from "./app.module.css";
import { texts } from "./texts";

/** The pages of those who run a project. A reviewer sees them too, without what only an operator may do. */
export default function OperatorPages() {
  const { slug = "" } = useParams();
  const role = roleIn(useMe(), slug);
  if (role === null) return <Absent />;
  if (!mayAct(role, "reviewer")) return <Navigate to={paths.label(slug)} replace />;
  const operates = mayAct(role, "operator");
  return (
    <>
      <TopBar slug={slug}>
        <Navigation slug={slug} operates={operates} />
      </TopBar>
      <WorkerBanner slug={slug} />
      <Routes>
        <Route index element={<HomePage slug={slug} operates={operates} />} />
        <Route path="generations" element={<GenerationsPage slug={slug} operates={operates} />} />
        <Route path="generations/:number" element={<Numbered>{(n) => <GenerationPage slug={slug} number={n} operates={operates} />}</Numbered>} />
        <Route path="checkpoints" element={<CheckpointsPage slug={slug} operates={operates} />} />
        <Route path="checkpoints/:number" element={<Numbered>{(n) => <CheckpointPage key={n} slug={slug} number={n} operates={operates} />}</Numbered>} />
        <Route path="review" element={<ReviewPage slug={slug} />} />
        <Route path="quality/*" element={<QualityPages slug={slug} operates={operates} absent={<Absent bare />} />} />
        {operates && <Route path="import" element={<ImportPage slug={slug} />} />}
        {operates && <Route path="import/:number" element={<Numbered>{(n) => <ImportReport slug={slug} id={n} />}</Numbered>} />}
        {operates && <Route path="sampling" element={<SamplingPage slug={slug} />} />}
        {operates && <Route path="sampling/:number" element={<Numbered>{(n) => <SamplingReport slug={slug} id={n} />}</Numbered>} />}
        {operates && <Route path="export" element={<ExportPage slug={slug} />} />}
        {operates && <Route path="people" element={<PeoplePage slug={slug} />} />}
        {operates && <Route path="audit" element={<AuditPage slug={slug} />} />}
        {operates && <Route path="settings" element={<SettingsPage slug={slug} />} />}
        <Route path="*" element={<Absent bare />} />
      </Routes>
    </>
  );
}

function Navigation({ slug, operates }: { slug: string; operates: boolean }) {
  const { nav } = texts;
  const links = [
    { to: paths.project(slug), name: nav.home },
    { to: paths.generations(slug), name: nav.generations },
    { to: paths.checkpoints(slug), name: nav.checkpoints },
    { to: paths.review(slug), name: nav.review },
    { to: paths.quality(slug), name: nav.quality },
    ...(operates
      ? [
          { to: paths.import(slug), name: nav.import },
          { to: paths.sampling(slug), name: nav.sampling },
          { to: paths.export(slug), name: nav.export },
          { to: paths.people(slug), name: nav.people },
          { to: paths.settings(slug), name: nav.settings },
        ]
      : []),
    { to: paths.label(slug), name: nav.label },
  ];
  return (
    <nav className={classes.nav} aria-label={nav.name}>
      {links.map(({ to, name }) => (
        <NavLink key={to} to={to} end={to === paths.project(slug)} className={classes.navLink}>
          {name}
        </NavLink>
      ))}
    </nav>
  );
}

/** A page whose address ends in a number; any other address is none. */
function Numbered({ children }: { children: (number: number) => ReactNode }) {
  const { number = "" } = useParams();
  return /^\d{1,9}$/.test(number) ? children(Number(number)) : <Absent bare />;
}
