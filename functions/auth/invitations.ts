import { type Language, TankError } from '../../shared/domain/errors.ts';
import type { Principal, Role } from '../../shared/domain/permissions.ts';
import type { Invitation } from '../../shared/ports/credentials.ts';
import type { AuthPorts, Caller } from './auth-ports.ts';
import { assertGoodPassword } from './change-password.ts';
import { recordFirst } from './record.ts';
import { assertManages, newAccount, taken } from './users.ts';

interface InvitationOrder {
  readonly name: string;
  readonly email?: string | undefined;
  readonly role: Role;
  readonly organisations: readonly string[];
  readonly addressRanges: readonly string[];
  readonly hours: number;
}

const HOUR_MS = 3_600_000;

export const invite = async (ports: AuthPorts, actor: Principal, order: InvitationOrder) => {
  assertManages(actor, order.role);
  if (await (await ports.accounts()).byName(order.name)) throw taken();
  const { hours, email, ...rest } = order;
  const now = ports.runtime.clock.now();
  const invitation: Invitation = {
    id: ports.runtime.id(),
    ...rest,
    ...(email ? { email } : {}),
    createdBy: actor.id,
    createdAt: now,
    expiresAt: now + hours * HOUR_MS,
  };
  const secret = ports.secretMaker.make();
  await (await ports.invitations()).add(invitation, ports.secretMaker.hash(secret));
  // After the #, so that no server and no proxy writes the secret into its log.
  const link = `${ports.access.publicOrigin ?? ''}/invitation#${secret}`;
  return { ...describe(invitation), secret, link };
};

export const listInvitations = async (ports: AuthPorts) => ({
  items: (await (await ports.invitations()).open(ports.runtime.clock.now())).map(describe),
  nextCursor: null,
});

export const revokeInvitation = async (ports: AuthPorts, id: string): Promise<void> => {
  if (!(await (await ports.invitations()).revoke(id))) throw notThere();
};

interface Acceptance {
  readonly secret: string;
  readonly password: string;
  readonly language: Language;
  readonly caller: Caller;
}

export const acceptInvitation = async (
  ports: AuthPorts,
  { secret, password, language, caller }: Acceptance,
) => {
  const invitations = await ports.invitations();
  const invitation = await invitations.bySecret(ports.secretMaker.hash(secret), ports.runtime.clock.now());
  if (!invitation) throw notThere();
  assertGoodPassword(password, invitation.name, language, 'password');
  const passwordHash = await (await ports.passwords()).hash(password);
  const account = newAccount(ports, invitation, { passwordHash, mustChangePassword: false });
  await recordFirst(ports, caller, {
    event: 'invitation.accepted',
    actor: account.id,
    subject: invitation.id,
  });
  if (!(await invitations.accept(invitation.id, account))) throw taken();
  return { name: account.name };
};

const notThere = (): TankError => new TankError('not_found', { what: 'invitation' });

const describe = (invitation: Invitation) => ({
  ...invitation,
  organisations: [...invitation.organisations],
  addressRanges: [...invitation.addressRanges],
  createdAt: new Date(invitation.createdAt).toISOString(),
  expiresAt: new Date(invitation.expiresAt).toISOString(),
});
