import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Link } from "react-router";

import { progressQuery } from "@/api/queries";
import type { Assignment } from "@/api/types";
import { paths } from "@/shared/paths";
import { clock } from "@/shared/text/format";

import classes from "../labeling.module.css";
import { texts } from "../texts";

const AGAIN = 5 * 60_000; // ms; between two answers this page counts on by itself

interface TodayProps {
  readonly slug: string;
  readonly landed: number;
  readonly screening: Assignment["screening"];
}

/** The labeler's own count and median, or how far the screening is; the way to all of one's own passes. */
export function Today({ slug, landed, screening }: TodayProps) {
  const { data, dataUpdatedAt } = useQuery({ ...progressQuery(slug), refetchInterval: AGAIN, staleTime: AGAIN });
  const [counted, setCounted] = useState(0); // landed when the server last counted
  // eslint-disable-next-line react-hooks/exhaustive-deps -- what had landed when the server counted, not what lands after
  useEffect(() => setCounted(landed), [dataUpdatedAt]);
  if (!data) return null;
  const parts = [texts.today(data.my.today + landed - counted)];
  if (data.my.median_ms !== null) parts.push(texts.median(clock(data.my.median_ms)));
  return (
    <Link to={paths.mine(slug)} className={`${classes.status} ${classes.today}`}>
      {screening ? texts.screening.place(screening.number, screening.of) : parts.join(" · ")}
    </Link>
  );
}
