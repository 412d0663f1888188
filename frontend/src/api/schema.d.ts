/** Provisional, in the shape that openapi-typescript writes; `npm run schema` replaces it by the server's own. */
export interface components {
  schemas: {
    Role: "labeler" | "reviewer" | "operator";
    Me: {
      username: string;
      is_superuser: boolean;
      simulated: boolean;
      labeler: string | null;
      memberships: { project: { slug: string; name: string }; role: components["schemas"]["Role"] }[];
    };
    Login: { username: string; password: string };
    Project: {
      slug: string;
      name: string;
      phase: number;
      metric: "best_of_n" | "first_error";
      auto_advance: boolean;
      lease_seconds: number;
      labels_wanted: number;
      gate_share: number;
      test_share: number;
      control_share: number;
      audit_share: number;
      base_model: string;
      role: components["schemas"]["Role"];
      champion: number | null;
      instructions: components["schemas"]["InstructionsText"] | null;
    };
    ProjectCreate: { slug: string; name: string };
    PatchedProject: Partial<components["schemas"]["Project"]>;
    InstructionsText: { version: number; text: string };
    Instructions: { version: number; text: string; created_by: string | null; created_at: string };
    NewInstructions: { text: string };
    Member: { id: number; username: string; role: components["schemas"]["Role"]; simulated: boolean; labeler: string | null };
    NewMember: { username: string; role: components["schemas"]["Role"]; create?: boolean; password?: string };
    AddedMember: components["schemas"]["Member"] & { password: string | null };
    Role_: { role: components["schemas"]["Role"] };
    Job: {
      id: number;
      kind: "import" | "grade" | "score" | "select" | "train" | "evaluate";
      state: "queued" | "running" | "done" | "failed";
      done: number;
      total: number;
      rate: number | null;
      message: string;
      attempt: number;
    };
    GenerationState: "scoring" | "selecting" | "labeling" | "training" | "evaluating" | "closed" | "failed" | "cancelled";
    GenerationLaunch: {
      rule: "convincing" | "uniform";
      scope: "per_problem" | "global";
      k: number;
      wrong_share?: number;
      control_share?: number;
      audit_share?: number;
      gate_k?: number;
      labels_wanted?: number;
      seed?: number;
    };
    Generation: {
      number: number;
      state: components["schemas"]["GenerationState"];
      sentence: string;
      failure: string;
      rule: "convincing" | "uniform";
      scope: "per_problem" | "global";
      k: number;
      wrong_share: number;
      control_share: number;
      audit_share: number;
      gate_k: number;
      labels_wanted: number;
      seed: number;
      champion: number | null;
      checkpoint: number | null;
      decision: Record<string, unknown>;
      items: { open: number; leased: number; done: number; withdrawn: number };
      labels: number;
      jobs: components["schemas"]["Job"][];
      manifest: Record<string, unknown>;
      created_at: string;
      closed_at: string | null;
    };
    Preview: {
      candidates: number;
      picks: number;
      right: number;
      wrong: number;
      by_stratum: Record<string, number>;
      problems: number;
      shortfall: number;
      histogram: { edges: number[]; pool: number[]; picks: number[] } | null;
    };
    Progress: {
      problems: number;
      solutions: number;
      grades: { right: number; wrong: number; unknown: number; ungraded: number };
      labels: number;
      labels_today: number;
      generation: components["schemas"]["Generation"] | null;
      workers: { alive: boolean; sentence: string };
    };
    Checkpoint: {
      number: number;
      kind: "prm" | "orm";
      state: "training" | "trained" | "ready" | "failed";
      is_champion: boolean;
      measures: Record<string, unknown>;
      decision: Record<string, unknown>;
      created_at: string;
      labels: number;
    };
    Import: {
      id: number;
      state: "queued" | "running" | "done" | "failed";
      done: number;
      total: number;
      created: number;
      skipped: number;
      rejected: number;
      rejections: { line: number; reason: string }[];
      message: string;
    };
    Reason: { code: string; detail: string };
    Alternative: { id: number; text: string };
    Assignment: {
      id: number;
      lease: { token: string; expires_at: string };
      solution_id: number;
      problem: string;
      ground_truth_answer: string | null;
      steps: string[];
      alternatives: Record<string, components["schemas"]["Alternative"][]>;
      instructions_version: number | null;
    };
    Holding: { holding: number[] };
    Offer: {
      assignment: components["schemas"]["Assignment"] | null;
      reason: components["schemas"]["Reason"] | null;
    };
    Pass: {
      lease: string;
      ratings: (number | null)[];
      flagged: number[];
      alternatives: { id: number; rating: number | null; flagged: boolean }[];
      finish_reason: "found_error" | "solution" | "bad_problem" | "give_up";
      reason: string;
      total_time: number;
    };
    Landed: {
      label: Record<string, unknown>;
      next: components["schemas"]["Assignment"] | null;
      reason: components["schemas"]["Reason"] | null;
    };
    Lease: { token: string; expires_at: string };
  };
}

type Schema = components["schemas"];
type Json<T> = { content: { "application/json": T } };
type Call<Path, Answer, Body = never> = {
  parameters: [Path] extends [None]
    ? { query?: never; header?: never; path?: never; cookie?: never }
    : { query?: never; header?: never; path: Path; cookie?: never };
  responses: { 200: [Answer] extends [never] ? { content?: never } : Json<Answer> };
} & ([Body] extends [never] ? { requestBody?: never } : { requestBody: Json<Body> });
type None = Record<string, never>;
type Slug = { slug: string };
type Numbered = Slug & { number: number };
type Id = { id: number };

export interface paths {
  "/api/v1/auth/me": { get: Call<None, Schema["Me"]> };
  "/api/v1/auth/login": { post: Call<None, Schema["Me"], Schema["Login"]> };
  "/api/v1/auth/logout": { post: Call<None, never> };
  "/api/v1/projects": { get: Call<None, Schema["Project"][]>; post: Call<None, Schema["Project"], Schema["ProjectCreate"]> };
  "/api/v1/projects/{slug}": { get: Call<Slug, Schema["Project"]>; patch: Call<Slug, Schema["Project"], Schema["PatchedProject"]> };
  "/api/v1/projects/{slug}/instructions": {
    get: Call<Slug, Schema["Instructions"][]>;
    post: Call<Slug, Schema["Instructions"], Schema["NewInstructions"]>;
  };
  "/api/v1/projects/{slug}/members": {
    get: Call<Slug, Schema["Member"][]>;
    post: Call<Slug, Schema["AddedMember"], Schema["NewMember"]>;
  };
  "/api/v1/projects/{slug}/members/{id}": { patch: Call<Slug & Id, Schema["Member"], Schema["Role_"]>; delete: Call<Slug & Id, never> };
  "/api/v1/projects/{slug}/progress": { get: Call<Slug, Schema["Progress"]> };
  "/api/v1/projects/{slug}/generations": {
    get: Call<Slug, Schema["Generation"][]>;
    post: Call<Slug, Schema["Generation"], Schema["GenerationLaunch"]>;
  };
  "/api/v1/projects/{slug}/generations/preview": { post: Call<Slug, Schema["Preview"], Schema["GenerationLaunch"]> };
  "/api/v1/projects/{slug}/generations/{number}": { get: Call<Numbered, Schema["Generation"]> };
  "/api/v1/projects/{slug}/generations/{number}/close": { post: Call<Numbered, Schema["Generation"]> };
  "/api/v1/projects/{slug}/generations/{number}/cancel": { post: Call<Numbered, Schema["Generation"]> };
  "/api/v1/projects/{slug}/generations/{number}/retry": { post: Call<Numbered, Schema["Generation"]> };
  "/api/v1/projects/{slug}/checkpoints": { get: Call<Slug, Schema["Checkpoint"][]> };
  "/api/v1/projects/{slug}/checkpoints/{number}/promote": { post: Call<Numbered, Schema["Checkpoint"]> };
  "/api/v1/projects/{slug}/imports": { post: Call<Slug, Schema["Import"], Record<string, unknown>> };
  "/api/v1/projects/{slug}/imports/{id}": { get: Call<Slug & Id, Schema["Import"]> };
  "/api/v1/projects/{slug}/assignments/next": { post: Call<Slug, Schema["Offer"], Schema["Holding"]> };
  "/api/v1/assignments/{id}/label": { put: Call<Id, Schema["Landed"], Schema["Pass"]> };
  "/api/v1/assignments/{id}/renew": { post: Call<Id, Schema["Lease"]> };
  "/api/v1/assignments/{id}/release": { post: Call<Id, never> };
}
