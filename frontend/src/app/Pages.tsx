import { lazy, Suspense } from "react";
import { Navigate, Route, Routes, useParams } from "react-router";

import { withWords } from "@/shared/language/language";
import { Waiting } from "@/shared/states/states";

import { Absent } from "./Absent";
import classes from "./app.module.css";

const LabelPage = lazy(() => withWords(import("@/features/labeling/page/LabelPage")));
const PracticePage = lazy(() => withWords(import("@/features/labeling/practice/PracticePage")));
const MinePage = lazy(() => withWords(import("@/features/labeling/own/MinePage")));
const PassPage = lazy(() => withWords(import("@/features/labeling/own/PassPage")));
const OperatorPages = lazy(() => withWords(import("./OperatorPages")));
const AccountPage = lazy(() => withWords(import("@/features/accounts/account/AccountPage")));
const TokensPage = lazy(() => withWords(import("@/features/accounts/account/TokensPage")));
const ProjectsPage = lazy(() => withWords(import("@/features/accounts/projects/ProjectsPage")));

/** Every address. Mathematics is loaded with the labeling, what an operator needs when an operator asks for it. */
export function Pages() {
  return (
    <Suspense
      fallback={
        <div className={classes.lone}>
          <Waiting />
        </div>
      }
    >
      <Routes>
        <Route path="/" element={<ProjectsPage />} />
        <Route path="/sign-in" element={<Navigate to="/" replace />} />
        <Route path="/tokens" element={<TokensPage />} />
        <Route path="/account" element={<AccountPage />} />
        <Route path="/p/:slug/label" element={<Labeling />} />
        <Route path="/p/:slug/practice" element={<Practice />} />
        <Route path="/p/:slug/me" element={<Mine />} />
        <Route path="/p/:slug/me/:assignment" element={<Pass />} />
        <Route path="/p/:slug/*" element={<OperatorPages />} />
        <Route path="*" element={<Absent />} />
      </Routes>
    </Suspense>
  );
}

function Labeling() {
  const { slug = "" } = useParams();
  return <LabelPage key={slug} slug={slug} />;
}

function Practice() {
  const { slug = "" } = useParams();
  return <PracticePage key={slug} slug={slug} />;
}

function Mine() {
  const { slug = "" } = useParams();
  return <MinePage key={slug} slug={slug} />;
}

function Pass() {
  const { slug = "", assignment = "" } = useParams();
  return /^\d{1,15}$/.test(assignment) ? <PassPage key={assignment} slug={slug} id={Number(assignment)} /> : <Absent />;
}
