import { parseRange } from '../../shared/domain/address-range.ts';
import { TankError } from '../../shared/domain/errors.ts';
import type { Principal } from '../../shared/domain/permissions.ts';
import { API_TOKEN_PREFIX } from '../../shared/domain/session-secret.ts';
import type { ApiToken } from '../../shared/ports/credentials.ts';
import type { AuthPorts, Caller } from './auth-ports.ts';
import { record, recordFirst } from './record.ts';

interface TokenOrder {
  readonly name: string;
  readonly scopes: readonly string[];
  readonly addressRanges: readonly string[];
  readonly days: number;
}

const DAY_MS = 24 * 3_600_000;

export const makeApiToken = async (
  ports: AuthPorts,
  principal: Principal,
  order: TokenOrder,
  caller: Caller,
) => {
  const { days, ...rest } = order;
  if (principal.via !== 'session') throw new TankError('forbidden');
  const bad = order.addressRanges.findIndex((range) => !parseRange(range));
  if (bad >= 0)
    throw new TankError(
      'invalid_request',
      {},
      { fields: [{ field: `addressRanges.${bad}`, problem: 'is no address and no range' }] },
    );
  const now = ports.runtime.clock.now();
  const token: ApiToken = {
    id: ports.runtime.id(),
    accountId: principal.id,
    ...rest,
    createdAt: now,
    expiresAt: now + days * DAY_MS,
  };
  await recordFirst(ports, caller, { event: 'api-token.made', actor: principal.id, subject: token.id });
  const secret = `${API_TOKEN_PREFIX}${ports.secretMaker.make()}`;
  await (await ports.apiTokens()).add(token, ports.secretMaker.hash(secret));
  return { ...describe(token), token: secret };
};

export const listApiTokens = async (ports: AuthPorts, { id }: Principal) => ({
  items: (await (await ports.apiTokens()).ofAccount(id)).map(describe),
  nextCursor: null,
});

export const revokeApiToken = async (
  ports: AuthPorts,
  principal: Principal,
  id: string,
  caller: Caller,
): Promise<void> => {
  if (!(await (await ports.apiTokens()).revoke(id, principal.id)))
    throw new TankError('not_found', { what: 'API token' });
  await record(ports, caller, {
    event: 'api-token.revoked',
    outcome: 'done',
    actor: principal.id,
    subject: id,
  });
};

const describe = ({ id, name, scopes, addressRanges, createdAt, expiresAt, seenAt }: ApiToken) => ({
  id,
  name,
  scopes: [...scopes],
  addressRanges: [...addressRanges],
  createdAt: new Date(createdAt).toISOString(),
  expiresAt: new Date(expiresAt).toISOString(),
  ...(seenAt === undefined ? {} : { seenAt: new Date(seenAt).toISOString() }),
});
