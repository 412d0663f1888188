import type { components } from "./schema";

type Schemas = components["schemas"];

export type Me = Schemas["Me"];
export type Role = Schemas["Role"];
export type Project = Schemas["Project"];
export type Instructions = Schemas["Instructions"];
export type Member = Schemas["Member"];
export type Job = Schemas["Job"];
export type Generation = Schemas["Generation"];
export type GenerationState = Schemas["GenerationState"];
export type GenerationLaunch = Schemas["GenerationLaunch"];
export type Preview = Schemas["Preview"];
export type Progress = Schemas["Progress"];
export type Checkpoint = Schemas["Checkpoint"];
export type Import = Schemas["Import"];
export type Assignment = Schemas["Assignment"];
export type Offer = Schemas["Offer"];
export type Reason = Schemas["Reason"];
export type PassBody = Schemas["Pass"];
