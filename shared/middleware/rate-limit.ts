import { limitFor } from '../domain/access-rules.ts';
import { callerOf } from '../domain/address-range.ts';
import { TankError } from '../domain/errors.ts';
import { CLASS_RULES, judge, type LimitName, type Verdict, windowOf } from '../domain/rate-limit.ts';
import { OS_SUBJECT } from '../ports/identity.ts';
import type { Call, ChainPorts, HttpEvent, HttpMiddleware } from './call.ts';
import { createExhausted } from './exhausted.ts';

/** One thing that is counted: of a name, for somebody, up to a limit. */
interface Counted {
  readonly name: LimitName;
  readonly key: string;
  readonly limit: number;
  readonly windowMs: number;
}

/** The three places of the limits in the chain, around the look at what the caller shows. */
export interface RateLimits {
  /** Refuses who is known to be over his limit, before anything costs. */
  readonly refuseKnown: HttpMiddleware;
  /** Counts everything that is known without asking the store. */
  readonly countCallers: HttpMiddleware;
  /** Counts the account, where only the store told whose the request is. */
  readonly countUsers: HttpMiddleware;
}

export const rateLimits = (ports: ChainPorts): RateLimits => {
  const exhausted = createExhausted(ports.runtime.clock.now);

  const refuseKnown = (counted: readonly Counted[]): void => {
    for (const { key } of counted) {
      const remaining = exhausted.remainingMs(key);
      if (remaining > 0) throw tooMany(remaining);
    }
  };

  const count = async (call: Call, counted: readonly Counted[]): Promise<void> => {
    refuseKnown(counted);
    if (counted.length === 0) return;
    const verdicts = await verdictsOf(ports, call, counted);
    tellTightest(call, counted, verdicts);
    verdicts.forEach((verdict, index) => {
      const { key } = counted[index] ?? {};
      if (!verdict.allowed && key) exhausted.note(key, verdict.retryMs);
    });
    const refused = verdicts.filter((verdict) => !verdict.allowed);
    if (refused.length > 0) throw tooMany(Math.max(...refused.map(({ retryMs }) => retryMs)));
  };

  return {
    refuseKnown: {
      before: async ({ event, context: { call } }) => refuseKnown(ofCaller(ports, call, event)),
    },
    countCallers: {
      before: async ({ event, context: { call } }) => {
        if (isOperatingSystem(call)) return;
        await count(call, [...ofCaller(ports, call, event), ...ofUser(ports, call, subjectOf(call))]);
      },
    },
    countUsers: {
      before: async ({ context: { call } }) => {
        if (subjectOf(call) === undefined) await count(call, ofUser(ports, call, call.principal?.id));
      },
    },
  };
};

const tooMany = (waitMs: number): TankError =>
  new TankError('too_many_requests', { seconds: Math.max(1, Math.ceil(waitMs / 1000)) });

/** The commands of the machine's administrator come through no network. */
const isOperatingSystem = (call: Call): boolean => subjectOf(call)?.startsWith(OS_SUBJECT) === true;

const subjectOf = ({ credential }: Call): string | undefined =>
  credential?.kind === 'access' ? credential.claims.subject : undefined;

const counted = ({ access }: ChainPorts, call: Call, name: LimitName, who: string): Counted => ({
  name,
  key: `limit|${name}|${who}`,
  limit: limitFor(access, name, call.address),
  windowMs: windowOf(name),
});

const ofCaller = (ports: ChainPorts, call: Call, event: HttpEvent): Counted[] => {
  const { limit } = call.match?.route ?? {};
  const rule = limit && CLASS_RULES[limit];
  const caller = callerOf(call.address);
  const own =
    rule && rule.per !== 'user' ? [counted(ports, call, limit, clientOf(rule.per, event) ?? caller)] : [];
  if (rule?.alone) return own;
  return [counted(ports, call, 'global', '*'), counted(ports, call, 'address', caller), ...own];
};

const ofUser = (ports: ChainPorts, call: Call, subject: string | undefined): Counted[] => {
  if (subject === undefined) return [];
  const limit = call.match?.route.limit;
  const own = limit && CLASS_RULES[limit].per === 'user' ? [counted(ports, call, limit, subject)] : [];
  return [counted(ports, call, 'user', subject), ...own];
};

const clientOf = (per: 'address' | 'client', event: HttpEvent): string | undefined => {
  const certificate = event.requestContext?.authentication?.clientCert;
  return per === 'client' && certificate ? `${certificate.serialNumber}|${certificate.issuerDN}` : undefined;
};

/** Without the counters, sign-in stays shut; all else goes on, and somebody hears of it. */
const verdictsOf = async (
  ports: ChainPorts,
  call: Call,
  wanted: readonly Counted[],
): Promise<readonly Verdict[]> => {
  try {
    const standings = await (await ports.counters()).add(wanted);
    return wanted.map(({ limit, windowMs }, index) => {
      const standing = standings[index];
      if (!standing) throw new TankError('internal');
      return judge(standing, limit, windowMs);
    });
  } catch (thrown) {
    const limit = call.match?.route.limit;
    if (limit && CLASS_RULES[limit].failsClosed) throw thrown;
    ports.runtime.log.error('rate_limit_unavailable', { requestId: call.requestId }, thrown);
    await (await ports.alerts()).raise({ kind: 'rate_limit_unavailable', about: 'counters' });
    return [];
  }
};

/** RateLimit-… of the limit that this caller will meet first (draft-ietf-httpapi-ratelimit-headers-06). */
const tellTightest = (call: Call, limits: readonly Counted[], verdicts: readonly Verdict[]): void => {
  const [tightest] = verdicts
    .map((verdict, index) => ({ ...verdict, ...limits[index] }))
    .sort((a, b) => a.remaining - b.remaining);
  if (!tightest) return;
  const { limit = 0, windowMs = 0, remaining, resetMs } = tightest;
  const known = call.extras.headers['ratelimit-remaining'];
  if (known !== undefined && Number(known) <= remaining) return;
  Object.assign(call.extras.headers, {
    'ratelimit-limit': String(limit),
    'ratelimit-remaining': String(remaining),
    'ratelimit-reset': String(Math.ceil(resetMs / 1000)),
    'ratelimit-policy': `${limit};w=${windowMs / 1000}`,
  });
};
