import { api, csrfToken, told } from "@/api/client";
import type { Assignment, Offer, PassBody, ScreeningResult } from "@/api/types";

/** The next assignment. A lease of this labeler that is not among those in `holding` (ids) comes back first. */
export function next(slug: string, holding: number[]): Promise<Offer> {
  return told(api.POST("/api/v1/projects/{slug}/assignments/next", { params: { path: { slug } }, body: { holding } }));
}

export interface Landed {
  /** Of the label that the pass became. */
  readonly revision: number;
  readonly offer: Offer;
  /** Where the pass was the last of a screening. */
  readonly screening: ScreeningResult | null;
}

/** Submit a pass, or a new revision of it; the answer brings the next assignment. */
export async function submit(id: number, body: PassBody): Promise<Landed> {
  const landed = await told(api.PUT("/api/v1/assignments/{id}/label", { params: { path: { id } }, body }));
  return { revision: landed.label.revision, offer: { assignment: landed.next, reason: landed.reason }, screening: landed.screening };
}

export function renew(id: number): Promise<Assignment["lease"]> {
  return told(api.POST("/api/v1/assignments/{id}/renew", { params: { path: { id } } }));
}

/** Hand an assignment back while the page goes away: no answer is waited for. */
export function releaseOnLeaving(id: number): void {
  void fetch(`/api/v1/assignments/${id}/release`, {
    method: "POST",
    keepalive: true,
    headers: { "X-CSRFToken": csrfToken() },
  }).catch(() => undefined); // the lease then runs out by itself
}
