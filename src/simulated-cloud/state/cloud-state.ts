import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../../clock/index.ts';
import type { Db } from '../../database/index.ts';
import type { Log } from '../../log/index.ts';
import { AccountIndex, nameKey } from './account-index.ts';
import type { ChangeSet } from './change-set.ts';
import { type CloudChanges, changeStatements, changesCommit, isEmpty, noChanges } from './cloud-changes.ts';
import type { CloudSettings } from './cloud-settings.ts';
import { accountFind, changeSetsOf, cloudTakeOver, stackFind, type TakenName } from './cloud-store.ts';
import type { Fault } from './fault.ts';
import { changesNothing, type JournalEntry, readEntriesMax } from './journal.ts';
import { RateLimiter } from './rate-limits.ts';
import type { DriftDetection } from './resource-drift.ts';
import type { RoleSession } from './role-session.ts';
import { clockNow } from './simulated-clock.ts';
import type { Stack } from './stack.ts';
import type { StackEvent } from './stack-events.ts';
import type { StoredValue } from './stored-values.ts';

/** Stacks kept in memory although nothing happens with them. */
const restingStacksMax = 300;
const commitRetryMsMax = 2_000;

export interface CloudStateOptions {
  readonly db: Db;
  readonly realClock: Clock;
  readonly log: Log;
  readonly seed: string;
  /** Of a new cloud; one that exists keeps its own. */
  readonly settings: CloudSettings;
}

/**
 * The working set of the cloud: what is worked on is held in memory and changed there at once; every change is noted and
 * written by the next commit, together with all others of that moment. An answer waits for the commit of what it says,
 * so a process that is killed takes back nothing that a client has heard.
 */
export class CloudState {
  readonly seed: string;
  readonly faults: Map<string, { fault: Fault; position: number }>;
  readonly accountOfKey: Map<string, string>;
  /** Templates that the control door was given, by address. */
  readonly objects: Map<string, string>;
  readonly storedValues: Map<string, StoredValue>;
  readonly sessionOfKey: Map<string, RoleSession>;
  /** Ids of the stacks that had an operation in flight when the cloud was taken over. */
  readonly interruptedStackIds: readonly string[];
  readonly recentReads: JournalEntry[] = [];
  readonly rateLimiter = new RateLimiter();
  readonly #options: CloudStateOptions;
  readonly #owner: string;
  readonly #globalNames: Map<string, TakenName>;
  readonly #accounts = new Map<string, AccountIndex>();
  readonly #loadingAccounts = new Map<string, Promise<AccountIndex>>();
  /** Every stack object that somebody may still hold: a stack must never be in memory twice. */
  readonly #known = new Map<string, WeakRef<Stack>>();
  readonly #collected = new FinalizationRegistry<string>((id) => {
    if (!this.#known.get(id)?.deref()) this.#known.delete(id);
  });
  readonly #loading = new Map<string, Promise<Stack | undefined>>();
  readonly #resting = new Map<string, Stack>();
  readonly #changeSets = new WeakMap<Stack, Promise<Map<string, ChangeSet>>>();
  #settings: CloudSettings;
  #journalCount: number;
  #changes: CloudChanges = noChanges();
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  #lost: string | undefined;

  private constructor(options: CloudStateOptions, owner: string, stored: Awaited<ReturnType<typeof cloudTakeOver>>) {
    this.#options = options;
    this.#owner = owner;
    this.seed = stored.seed;
    this.#settings = stored.settings;
    this.faults = new Map(stored.faults.map((entry) => [entry.fault.id, entry]));
    this.accountOfKey = stored.accessKeys;
    this.objects = stored.objects;
    this.storedValues = stored.storedValues;
    this.sessionOfKey = new Map(stored.roleSessions.map((session) => [session.accessKeyId, session]));
    this.interruptedStackIds = stored.busyStackIds;
    this.#globalNames = new Map(stored.globalNames.map((name) => [nameKey(name), name]));
    this.#journalCount = stored.requestCount;
  }

  static async takeOver(options: CloudStateOptions): Promise<CloudState> {
    const owner = randomUUID();
    const { db, seed, settings } = options;
    return new CloudState(options, owner, await cloudTakeOver(db, { owner, seed, settings }));
  }

  get db(): Db {
    return this.#options.db;
  }

  /** Set when this process can no longer write: another one has taken the cloud over, or the database refuses. */
  get lost(): string | undefined {
    return this.#lost;
  }

  get settings(): CloudSettings {
    return this.#settings;
  }

  set settings(settings: CloudSettings) {
    this.#settings = settings;
    this.#changes.settings = settings;
  }

  /** On the cloud's own clock. */
  now(): Date {
    return clockNow(this.#settings.clock, this.realNow());
  }

  realNow(): Date {
    return this.#options.realClock.now();
  }

  async account(accountId: string): Promise<AccountIndex> {
    const known = this.#accounts.get(accountId);
    if (known) return known;
    const loading = this.#loadingAccounts.get(accountId) ?? this.#loadAccount(accountId);
    this.#loadingAccounts.set(accountId, loading);
    try {
      return await loading;
    } finally {
      this.#loadingAccounts.delete(accountId);
    }
  }

  async #loadAccount(accountId: string): Promise<AccountIndex> {
    const stored = await accountFind(this.#options.db, accountId);
    const account = new AccountIndex(accountId, stored, this.#globalNames, () => this.#changes);
    this.#accounts.set(accountId, account);
    return account;
  }

  /** One that `account` was asked for before, as happens whenever a stack of it is touched. */
  loadedAccount(accountId: string): AccountIndex {
    const account = this.#accounts.get(accountId);
    if (!account) throw new Error(`Account ${accountId} was not loaded before its stacks were worked on`);
    return account;
  }

  /** A name that may exist only once among all accounts. */
  globalName({ type, name }: Pick<TakenName, 'type' | 'name'>): TakenName | undefined {
    return this.#globalNames.get(nameKey({ scope: 'global', type, name }));
  }

  async stack(id: string): Promise<Stack | undefined> {
    const known = this.#known.get(id)?.deref();
    if (known) {
      this.#rest(known);
      return known;
    }
    const loading = this.#loading.get(id) ?? this.#load(id);
    this.#loading.set(id, loading);
    try {
      return await loading;
    } finally {
      this.#loading.delete(id);
    }
  }

  async #load(id: string): Promise<Stack | undefined> {
    const stack = await stackFind(this.#options.db, id);
    if (stack) this.adopt(stack);
    return stack;
  }

  /** One that somebody works with now; undefined is no proof that there is none. */
  stackInMemory(id: string): Stack | undefined {
    return this.#known.get(id)?.deref();
  }

  /** Takes a stack object into the working set: one that was just made or loaded. */
  adopt(stack: Stack): void {
    this.#known.set(stack.id, new WeakRef(stack));
    this.#collected.register(stack, stack.id);
    this.#rest(stack);
  }

  #rest(stack: Stack): void {
    this.#resting.delete(stack.id);
    this.#resting.set(stack.id, stack);
    if (this.#resting.size <= restingStacksMax) return;
    for (const oldest of this.#resting.keys()) {
      this.#resting.delete(oldest);
      break;
    }
  }

  /** By name, newest first. */
  async changeSets(stack: Stack): Promise<Map<string, ChangeSet>> {
    const known = this.#changeSets.get(stack);
    if (known) return known;
    const loading = changeSetsOf(this.#options.db, stack.id).then(
      (found) => new Map(found.map((changeSet) => [changeSet.name, changeSet])),
    );
    this.#changeSets.set(stack, loading);
    loading.catch(() => this.#changeSets.delete(stack));
    return loading;
  }

  noteStack(stack: Stack): void {
    this.#changes.stacks.set(stack.id, stack);
  }

  noteResource(stack: Stack, logicalId: string): void {
    this.#changes.resources.set(`${stack.id}\n${logicalId}`, { stack, logicalId });
  }

  noteEvent(event: StackEvent): void {
    this.#changes.events.push(event);
  }

  noteChangeSet(changeSet: ChangeSet): void {
    this.#changes.changeSets.set(changeSet.id, changeSet);
  }

  noteChangeSetGone(changeSet: ChangeSet): void {
    this.#changes.changeSets.set(changeSet.id, null);
  }

  noteSession(session: RoleSession): void {
    this.sessionOfKey.set(session.accessKeyId, session);
    this.#changes.roleSessions.push(session);
  }

  /** Forgets what was deleted before. */
  notePurge(before: Date): void {
    this.#changes.purgeBefore = before;
  }

  noteDriftDetection(detection: DriftDetection): void {
    this.#changes.driftDetections.push(detection);
  }

  noteAccessKey(accessKeyId: string, accountId: string): void {
    this.accountOfKey.set(accessKeyId, accountId);
    this.#changes.accessKeys.set(accessKeyId, accountId);
  }

  /** @param body null: there is nothing at this address any more */
  noteObject(url: string, body: string | null): void {
    if (body === null) this.objects.delete(url);
    else this.objects.set(url, body);
    this.#changes.objects.set(url, body);
  }

  noteStoredValue(key: string, value: StoredValue | null): void {
    if (value === null) this.storedValues.delete(key);
    else this.storedValues.set(key, value);
    this.#changes.storedValues.set(key, value);
  }

  putFault(fault: Fault): void {
    const position = this.faults.get(fault.id)?.position ?? Math.max(0, ...this.#faultPositions()) + 1;
    this.faults.set(fault.id, { fault, position });
    this.#noteFault(fault);
  }

  #faultPositions(): number[] {
    return [...this.faults.values()].map(({ position }) => position);
  }

  /** Asks the faults whether one strikes; their counts that change by it are noted. */
  counting<Struck>(ask: (faults: readonly Fault[]) => Struck): Struck {
    const faults = [...this.faults.values()].map((entry) => entry.fault);
    const before = faults.map(({ matches }) => matches);
    const struck = ask(faults);
    for (const [index, fault] of faults.entries()) if (fault.matches !== before[index]) this.#noteFault(fault);
    return struck;
  }

  #noteFault(fault: Fault): void {
    const entry = this.faults.get(fault.id);
    if (entry) this.#changes.faults.set(fault.id, entry);
  }

  removeFault(id: string): void {
    this.faults.delete(id);
    this.#changes.faults.set(id, null);
  }

  journal(entry: Omit<JournalEntry, 'position'>): void {
    const numbered = { ...entry, position: ++this.#journalCount };
    if (changesNothing(entry.action)) {
      this.recentReads.push(numbered);
      if (this.recentReads.length > readEntriesMax) this.recentReads.splice(0, readEntriesMax / 10);
    } else {
      this.#changes.requests.push(numbered);
    }
  }

  /** Resolves when everything noted so far is in the database. Rejects when this process has lost the cloud. */
  async commit(): Promise<void> {
    if (this.#lost) throw new Error(this.#lost);
    if (isEmpty(this.#changes)) return this.#running;
    this.#next ??= this.#commitNext(this.#running);
    return this.#next;
  }

  async #commitNext(before: Promise<void> | undefined): Promise<void> {
    await before?.catch(() => undefined);
    const statements = changeStatements(this.#changes);
    this.#changes = noChanges();
    this.#running = this.#next;
    this.#next = undefined;
    try {
      await this.#write(statements);
    } finally {
      if (!this.#next) this.#running = undefined;
    }
  }

  /** Goes on until it is written: the database may be away for a while. */
  async #write(statements: ReturnType<typeof changeStatements>): Promise<void> {
    for (let waitMs = 50; ; waitMs = Math.min(waitMs * 2, commitRetryMsMax)) {
      if (this.#lost) throw new Error(this.#lost);
      try {
        if (await changesCommit(this.#options.db, this.#owner, statements)) return;
        this.#lost = 'Another process has taken the simulated cloud over.';
      } catch (error) {
        if (!mayPass(error))
          this.#lost = `The database refuses the simulated cloud's state: ${(error as Error).message}`;
        this.#options.log.warn({ error: (error as Error).message }, 'The simulated cloud could not write its state');
        if (!this.#lost) await delay(waitMs);
      }
    }
  }

  /** Writes what is left, then refuses everything. */
  async close(): Promise<void> {
    if (!this.#lost) await this.commit().catch(() => undefined);
    this.#lost ??= 'The simulated cloud was stopped.';
  }
}

/** Classes of PostgreSQL errors that go away: connection, resources, operator, transaction. No code: the socket broke. */
function mayPass(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  return typeof code !== 'string' || !/^[0-9A-Z]{5}$/.test(code) || /^(08|53|57|40|25|55)/.test(code);
}
