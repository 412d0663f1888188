/** Every address of the site, in one table. */
export const paths = {
  projects: "/",
  signIn: "/sign-in",
  tokens: "/tokens",
  project: (slug: string) => `/p/${slug}`,
  label: (slug: string) => `/p/${slug}/label`,
  generations: (slug: string) => `/p/${slug}/generations`,
  launch: (slug: string) => `/p/${slug}/generations?launch`,
  generation: (slug: string, number: number) => `/p/${slug}/generations/${number}`,
  checkpoints: (slug: string) => `/p/${slug}/checkpoints`,
  import: (slug: string) => `/p/${slug}/import`,
  importOf: (slug: string, id: number) => `/p/${slug}/import/${id}`,
  export: (slug: string) => `/p/${slug}/export`,
  quality: (slug: string) => `/p/${slug}/quality`,
  people: (slug: string) => `/p/${slug}/people`,
  settings: (slug: string) => `/p/${slug}/settings`,
} as const;
