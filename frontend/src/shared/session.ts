import { queryOptions, useQuery } from "@tanstack/react-query";

import { api, told } from "@/api/client";
import type { Me, Role } from "@/api/types";

/** Who is signed in; null when nobody is. */
export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: async (): Promise<Me | null> => (await told(api.GET("/api/v1/auth/session"))).me,
  staleTime: Infinity,
});

/** Who is signed in. Only for pages behind the sign-in, where somebody is. */
export function useMe(): Me {
  const { data } = useQuery(meQuery);
  if (!data) throw new Error("useMe was called outside the signed-in pages.");
  return data;
}

/** When the person last signed in, in ms: what failed for want of a session may be tried again then. */
export function useSignedInAt(): number {
  return useQuery(meQuery).dataUpdatedAt;
}

const RANK: Readonly<Record<Role, number>> = { labeler: 0, reviewer: 1, operator: 2 };

/** The person's role in the project, or null; a superuser may do what an operator may. */
export function roleIn(me: Me, slug: string): Role | null {
  if (me.is_superuser) return "operator";
  return me.memberships.find((membership) => membership.project.slug === slug)?.role ?? null;
}

/** Each role may do what the ones before it may. */
export function mayAct(role: Role | null, as: Role): boolean {
  return role !== null && RANK[role] >= RANK[as];
}
