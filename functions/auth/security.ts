import type { Principal } from '../../shared/domain/permissions.ts';
import type { AuditFilter, RecordedEntry } from '../../shared/ports/audit.ts';
import { OS_SUBJECT } from '../../shared/ports/identity.ts';
import type { AuthPorts } from './auth-ports.ts';
import { nameHashOf } from './sign-in-guard.ts';

const HOUR_MS = 3_600_000;

export const securityPage = async (ports: AuthPorts, hours: number) => {
  const now = ports.runtime.clock.now();
  const from = now - hours * HOUR_MS;
  const [signals, locks, names] = await Promise.all([
    (await ports.signals()).since(from),
    (await ports.signInLocks()).list(now),
    namesByHash(ports),
  ]);
  return {
    from: new Date(from).toISOString(),
    signals: signals.map(({ kind, hits, addresses }) => ({ kind, hits, addresses: [...addresses] })),
    locks: locks.map(({ address, until, nameHash }) => {
      const account = names.get(nameHash);
      return { address, until: new Date(until).toISOString(), ...(account && { account }) };
    }),
  };
};

/** A lock is kept by the hash of a name; of a name that nobody has nothing is told. */
const namesByHash = async (ports: AuthPorts): Promise<ReadonlyMap<string, string>> => {
  const accounts = await (await ports.accounts()).list();
  const pairs = await Promise.all(
    accounts.map(async ({ id, name }) => [await nameHashOf(ports, name), id] as const),
  );
  return new Map(pairs);
};

interface AuditQuery {
  readonly limit: number;
  readonly cursor?: number | undefined;
  readonly event?: AuditFilter['event'] | undefined;
  readonly actor?: string | undefined;
  readonly subject?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

export const listAudit = async (ports: AuthPorts, query: AuditQuery) => {
  const { limit, cursor, event, actor, subject, from, to } = query;
  const entries = await (await ports.audit()).list({
    limit,
    ...(cursor !== undefined && { before: cursor }),
    ...(event && { event }),
    ...(actor && { actor }),
    ...(subject && { subject }),
    ...(from && { from: Date.parse(from) }),
    ...(to && { to: Date.parse(to) }),
  });
  const last = entries.at(-1);
  return {
    items: entries.map(describe),
    nextCursor: last && entries.length === limit ? String(last.sequence) : null,
  };
};

/** A year's record takes minutes: an answer has seconds, a command of the machine's administrator has time. */
const AT_ONCE = 10_000;

export const verifyAudit = async (ports: AuthPorts, { id }: Principal, last: number | undefined) => {
  const isCommand = id.startsWith(OS_SUBJECT);
  const { faults, ...counts } = await (await ports.audit()).verify(last ?? (isCommand ? undefined : AT_ONCE));
  return { ...counts, faults: [...faults] };
};

const describe = ({ at, facts, ...entry }: RecordedEntry) => ({
  ...entry,
  facts: { ...facts },
  at: new Date(at).toISOString(),
});
