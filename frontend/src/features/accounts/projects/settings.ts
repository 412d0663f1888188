/** What the parts of the settings' form share. */

import type { Project } from "@/api/types";
import { fieldError } from "@/shared/forms/fields";

export type Settings = Omit<Project, "slug" | "role" | "champion" | "instructions">;

export interface FieldsProps {
  readonly settings: Settings;
  readonly change: <Name extends keyof Settings>(name: Name, value: Settings[Name]) => void;
  readonly error: unknown;
}

type NumberName = { [Name in keyof Settings]: Settings[Name] extends number ? Name : never }[keyof Settings];

/** What the field of one number shows, and what it does. */
export function numberOf(name: NumberName, { settings, change, error }: FieldsProps) {
  return { value: settings[name], error: fieldError(error, name), onChange: (value: number) => change(name, value) };
}
