/**
 * Passes on their way: taken at Enter, kept in IndexedDB until the server has them, sent in their order, one at a time.
 *
 * A pass whose answer was lost is sent again, for the same body is the same label. A correction says which revision it
 * corrects, once that is known: it must not undo one that was made elsewhere. A pass that the server refuses for good
 * stays with the reason until somebody has read it.
 */

import { openDB, type DBSchema, type IDBPDatabase } from "idb";

import { ApiError, errorFrom, isCode, NOT_SIGNED_IN, UNREADABLE } from "@/api/errors";

import type { Body, Sent } from "./desk";

export interface Entry {
  /** When it was taken, in ms and unique: they are sent in this order. */
  readonly at: number;
  /** Whose it is and in which project: a person's passes are sent only while they are signed in. */
  readonly owner: string;
  readonly sent: Sent;
  readonly body: Body;
  readonly revision: boolean;
  /** The revision that it corrects, as far as it is known. */
  readonly revises?: number;
  readonly refusal: (Pick<ApiError, "status" | "code" | "detail" | "fields"> & Partial<Pick<ApiError, "standing">>) | null;
}

export interface State {
  readonly waiting: readonly Entry[];
  readonly refused: readonly Entry[];
  /** What holds up the first of those waiting: no connection, no session, a server that is busy. */
  readonly trouble: ApiError | null;
}

interface Schema extends DBSchema {
  passes: { key: [string, number]; value: Entry };
}

const SOONEST = 1_000; // ms until the second try
const LATEST = 30_000; // ms between later ones
const PASSING = [0, 401, 408, 429]; // and whatever the server itself stumbled over

export class Outbox {
  state: State = { waiting: [], refused: [], trouble: null };
  private readonly kept = new Kept();
  private readonly listeners = new Set<() => void>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private failures = 0;
  private sending = false;

  constructor(
    private readonly owner: string,
    /** Resolves to the revision of the label that the pass became. */
    private readonly deliver: (entry: Entry) => Promise<number>,
  ) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly snapshot = (): State => this.state;

  /** Take up what was kept from before, and send it. */
  async open(): Promise<void> {
    const before = await this.kept.of(this.owner);
    const known = new Set(this.entries().map(({ at }) => at));
    this.set([...before.filter(({ at }) => !known.has(at)), ...this.entries()]);
    await this.flush();
  }

  close(): void {
    clearTimeout(this.timer);
  }

  take(sent: Sent, body: Body, revision: boolean): void {
    const last = this.entries().at(-1)?.at ?? 0;
    const at = Math.max(Date.now(), last + 1);
    const revises = revision ? sent.revision : undefined;
    const entry: Entry = { at, owner: this.owner, sent, body, revision, revises, refusal: null };
    this.kept.put(entry);
    this.set([...this.entries(), entry]);
    void this.flush();
  }

  /** A refusal was read. */
  dismiss(entry: Entry): void {
    this.kept.remove(entry);
    this.set(this.entries().filter(({ at }) => at !== entry.at));
  }

  /** Send what waits, now. */
  async flush(): Promise<void> {
    if (this.sending) return;
    this.sending = true;
    clearTimeout(this.timer);
    for (let first = this.state.waiting[0]; first && (await this.try(first)); first = this.state.waiting[0]);
    this.sending = false;
  }

  /** Whether the entry is settled, so that the one behind it may go. */
  private async try(entry: Entry): Promise<boolean> {
    try {
      const revision = await this.deliver(entry);
      this.failures = 0;
      this.follow(entry, revision);
      this.dismiss(entry);
      return true;
    } catch (error) {
      const met = error instanceof ApiError ? error : errorFrom(0, null);
      return isPassing(met) ? this.later(met) : this.refuse(entry, met);
    }
  }

  /** Those behind it over the same assignment correct what it became. */
  private follow({ at, sent }: Entry, revision: number): void {
    const behind = (other: Entry) => other.at > at && other.refusal === null && other.sent.assignment.id === sent.assignment.id;
    const entries = this.entries().map((each) => (behind(each) ? { ...each, revises: revision } : each));
    entries.filter(behind).forEach((each) => this.kept.put(each));
    this.set(entries);
  }

  private later(trouble: ApiError): false {
    if (!isCode(trouble, NOT_SIGNED_IN)) this.timer = setTimeout(() => void this.flush(), this.patience(trouble));
    this.tell({ ...this.state, trouble });
    return false;
  }

  /** ms until the next try, no sooner than the server wants. Without a session there is none until somebody has signed in. */
  private patience({ retryAfter }: ApiError): number {
    return Math.max(retryAfter ?? 0, Math.min(LATEST, SOONEST * 2 ** this.failures++));
  }

  private refuse(entry: Entry, { status, code, detail, fields, standing }: ApiError): true {
    const refused = { ...entry, refusal: { status, code, detail, fields, standing } };
    this.kept.put(refused);
    this.set(this.entries().map((each) => (each.at === entry.at ? refused : each)));
    return true;
  }

  private entries(): readonly Entry[] {
    return [...this.state.waiting, ...this.state.refused].sort((one, other) => one.at - other.at);
  }

  private set(entries: readonly Entry[]): void {
    const waiting = entries.filter(({ refusal }) => refusal === null);
    const refused = entries.filter(({ refusal }) => refusal !== null);
    this.tell({ waiting, refused, trouble: null });
  }

  private tell(state: State): void {
    this.state = state;
    this.listeners.forEach((listener) => listener());
  }
}

/** Whether the same pass may land at a later try. */
export function isPassing({ status, code }: ApiError): boolean {
  return PASSING.includes(status) || status >= 500 || code === UNREADABLE || code === NOT_SIGNED_IN;
}

/** The entries in IndexedDB. A browser that keeps nothing is no reason to stop: the page still has them. */
class Kept {
  private readonly opened = open().catch(() => null);

  async of(owner: string): Promise<Entry[]> {
    const mine = IDBKeyRange.bound([owner, 0], [owner, Infinity]);
    return (await this.quietly((db) => db.getAll("passes", mine))) ?? [];
  }

  put(entry: Entry): void {
    void this.quietly((db) => db.put("passes", entry));
  }

  remove({ owner, at }: Entry): void {
    void this.quietly((db) => db.delete("passes", [owner, at]));
  }

  private async quietly<T>(act: (db: IDBPDatabase<Schema>) => Promise<T>): Promise<T | null> {
    const db = await this.opened;
    return db ? act(db).catch(() => null) : null;
  }
}

async function open(): Promise<IDBPDatabase<Schema>> {
  return openDB<Schema>("labelhub", 1, {
    upgrade: (db) => void db.createObjectStore("passes", { keyPath: ["owner", "at"] }),
  });
}
