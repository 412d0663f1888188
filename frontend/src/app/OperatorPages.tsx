import type { ReactNode } from "react";
import { Link, Navigate, NavLink, Route, Routes, useLocation, useParams } from "react-router";

import { PeoplePage } from "@/features/accounts/people/PeoplePage";
import { AuditPage } from "@/features/accounts/projects/AuditPage";
import { SettingsPage } from "@/features/accounts/projects/SettingsPage";
import { LabelsPage } from "@/features/data/browse/LabelsPage";
import { ProblemsPage } from "@/features/data/browse/ProblemsPage";
import { SolutionPage } from "@/features/data/browse/solution/SolutionPage";
import { SolutionsPage } from "@/features/data/browse/SolutionsPage";
import { ExportPage } from "@/features/data/exporting/ExportPage";
import { ImportPage } from "@/features/data/importing/ImportPage";
import { ImportReport } from "@/features/data/importing/ImportReport";
import { SamplingPage } from "@/features/data/sampling/SamplingPage";
import { SamplingReport } from "@/features/data/sampling/SamplingReport";
import { CheckpointPage } from "@/features/loop/checkpoints/checkpoint/CheckpointPage";
import { CheckpointsPage } from "@/features/loop/checkpoints/CheckpointsPage";
import { GenerationPage } from "@/features/loop/generations/generation/GenerationPage";
import { GenerationsPage } from "@/features/loop/generations/GenerationsPage";
import { HomePage } from "@/features/loop/home/HomePage";
import { WorkerBanner } from "@/features/loop/home/WorkerBanner";
import { QualityPages } from "@/features/quality/QualityPages";
import { ReviewPage } from "@/features/quality/review/ReviewPage";
import { TopBar } from "@/shared/layout/TopBar";
import { paths } from "@/shared/paths";
import { mayAct, roleIn, useMe } from "@/shared/session";

import { Absent } from "./Absent";
import classes from "./app.module.css";
import { texts } from "./texts";

/** The pages that one item of the bar stands for; they lead to each other by tabs of their own. */
const DATA = /^\/p\/[^/]+\/(problems|solutions|labels|import|sampling|export)(\/|$)/;

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
        <Route
          path="checkpoints/:number"
          element={<Numbered>{(n) => <CheckpointPage key={n} slug={slug} number={n} operates={operates} />}</Numbered>}
        />
        <Route path="review" element={<ReviewPage slug={slug} />} />
        <Route path="quality/*" element={<QualityPages slug={slug} operates={operates} absent={<Absent bare />} />} />
        <Route path="problems" element={<ProblemsPage slug={slug} operates={operates} />} />
        <Route path="solutions" element={<SolutionsPage slug={slug} operates={operates} />} />
        <Route path="solutions/:number" element={<Numbered>{(n) => <SolutionPage slug={slug} id={n} />}</Numbered>} />
        <Route path="labels" element={<LabelsPage slug={slug} />} />
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
  const { pathname } = useLocation();
  const links: { to: string; name: string; section?: RegExp }[] = [
    { to: paths.project(slug), name: nav.home },
    { to: paths.generations(slug), name: nav.generations },
    { to: paths.checkpoints(slug), name: nav.checkpoints },
    { to: paths.review(slug), name: nav.review },
    { to: paths.quality(slug), name: nav.quality },
    { to: paths.problems(slug), name: nav.data, section: DATA },
    ...(operates
      ? [
          { to: paths.people(slug), name: nav.people },
          { to: paths.settings(slug), name: nav.settings },
        ]
      : []),
    { to: paths.label(slug), name: nav.label },
  ];
  return (
    <nav className={classes.nav} aria-label={nav.name}>
      {links.map(({ to, name, section }) =>
        section ? (
          <Link key={to} to={to} className={classes.navLink} aria-current={section.test(pathname) ? "page" : undefined}>
            {name}
          </Link>
        ) : (
          <NavLink key={to} to={to} end={to === paths.project(slug)} className={classes.navLink}>
            {name}
          </NavLink>
        ),
      )}
    </nav>
  );
}

/** A page whose address ends in a number; any other address is none. */
function Numbered({ children }: { children: (number: number) => ReactNode }) {
  const { number = "" } = useParams();
  return /^\d{1,9}$/.test(number) ? children(Number(number)) : <Absent bare />;
}
