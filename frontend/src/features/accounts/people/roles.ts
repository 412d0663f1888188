import { texts } from "@/shared/language/texts";

/** The roles as a select offers them. */
export const ROLES = Object.entries(texts.roles).map(([value, label]) => ({ value, label }));
