import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { progressQuery } from "@/api/queries";
import { clock } from "@/shared/format";

import classes from "./labeling.module.css";
import { texts } from "./texts";

const AGAIN = 5 * 60_000; // ms; between two answers this page counts on by itself

/** The labeler's own count and median; nothing about how anybody else is doing. */
export function Today({ slug, landed }: { slug: string; landed: number }) {
  const { data, dataUpdatedAt } = useQuery({ ...progressQuery(slug), refetchInterval: AGAIN, staleTime: AGAIN });
  const [counted, setCounted] = useState(0); // landed when the server last counted
  useEffect(() => setCounted(landed), [dataUpdatedAt]);
  if (!data) return null;
  const parts = [texts.today(data.my.today + landed - counted)];
  if (data.my.median_ms !== null) parts.push(texts.median(clock(data.my.median_ms)));
  return <span className={`${classes.status} ${classes.today}`}>{parts.join(" · ")}</span>;
}
