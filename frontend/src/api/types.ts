import type { components } from "./schema";

type Schemas = components["schemas"];

export type Me = Schemas["Me"];
export type Role = Schemas["Role"];
/** Complete in every answer: the schema calls fields with a default optional, which holds for requests only. */
export type Project = Required<Schemas["Project"]>;
export type Settings = Schemas["PatchedProjectSettingsRequest"];
export type Instructions = Schemas["Instructions"];
export type Member = Schemas["Member"];
export type Job = Schemas["Job"];
export type Generation = Schemas["Generation"];
export type GenerationState = Schemas["GenerationState"];
export type Item = Schemas["Item"];
export type Stratum = Schemas["Stratum"];
export type Launch = Schemas["LaunchRequest"];
export type Preview = Schemas["Preview"];
export type Histogram = Schemas["Histogram"];
export type Progress = Schemas["Progress"];
export type Checkpoint = Schemas["Checkpoint"];
export type Import = Schemas["Import"];
export type ImportFormat = Schemas["FormatEnum"];
export type Split = Schemas["Split"];
export type LabelSource = Schemas["LabelSource"];
export type Labeler = Schemas["Labeler"];
export type Contradiction = Schemas["Contradiction"];
export type Agreement = Schemas["Agreement"];
export type Assignment = Schemas["Assignment"];
export type Offer = Schemas["Next"];
export type WhyNone = Schemas["WhyNone"];
export type PassBody = Schemas["PassRequest"];
