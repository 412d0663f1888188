import { lazy, Suspense } from "react";
import { Navigate, Route, Routes, useParams } from "react-router";

import { withWords } from "@/shared/language";
import { Waiting } from "@/shared/states";

import { Absent } from "./Absent";
import classes from "./app.module.css";

const LabelPage = lazy(() => withWords(import("@/features/labeling/LabelPage")));
const OperatorPages = lazy(() => withWords(import("./OperatorPages")));
const TokensPage = lazy(() => withWords(import("@/features/auth/TokensPage")));
const ProjectsPage = lazy(() => withWords(import("@/features/projects/ProjectsPage")));

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
        <Route path="/p/:slug/label" element={<Labeling />} />
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
