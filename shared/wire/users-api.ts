import { z } from 'zod';
import { parseRange } from '../domain/address-range.ts';
import { said } from '../domain/form-faults.ts';
import { ROLES } from '../domain/permissions.ts';
import { route } from './api.ts';
import { password, SMALL_BODY } from './auth-api.ts';
import { IdParams, PageQuery, pageOf } from './replies.ts';
import { line } from './text.ts';

const name = line(1, 100);
const email = z.email().max(254).toLowerCase();
const role = z.enum(ROLES);
const organisations = z.array(line(1, 100)).max(200);
const addressRanges = z
  .array(
    z
      .string()
      .max(50)
      .refine((text) => parseRange(text) !== undefined, said('address_range')),
  )
  .max(50);
const time = z.iso.datetime();
const small = { bodyLimit: SMALL_BODY } as const;
const none = { reply: z.void(), status: 204 } as const;
const write = { permission: 'users:write', sensitive: true } as const;

const UserReply = z.strictObject({
  id: z.string(),
  name: z.string(),
  email: z.string().optional(),
  role,
  organisations: z.array(z.string()),
  addressRanges: z.array(z.string()),
  disabled: z.boolean(),
  locked: z.boolean(),
  secondFactor: z.boolean(),
  mustChangePassword: z.boolean(),
  createdAt: time,
});

const InvitationReply = z.strictObject({
  id: z.string(),
  name: z.string(),
  email: z.string().optional(),
  role,
  organisations: z.array(z.string()),
  addressRanges: z.array(z.string()),
  createdBy: z.string(),
  createdAt: time,
  expiresAt: time,
});

const rights = {
  role,
  organisations: organisations.default([]),
  addressRanges: addressRanges.default([]),
};

export const usersApi = {
  firstAdministrator: route(
    'POST',
    '/api/v1/users/first',
    'Make the first administrator, where there is nobody',
    {
      permission: 'users:write',
      audit: 'account.added',
      reply: z.strictObject({ name: z.string(), password: z.string().nullable() }),
    },
  ),
  listUsers: route('GET', '/api/v1/users', 'Accounts, by name', {
    permission: 'users:read',
    /** The cursor is a name. */
    query: PageQuery.extend({ cursor: name.optional() }),
    reply: pageOf(UserReply),
  }),
  getUser: route('GET', '/api/v1/users/{id}', 'An account', {
    permission: 'users:read',
    params: IdParams,
    reply: UserReply,
  }),
  addUser: route('POST', '/api/v1/users', 'Make an account with a one-time password, which is shown once', {
    ...write,
    audit: 'account.added',
    body: z.strictObject({ name, email: email.optional(), ...rights }),
    ...small,
    reply: UserReply.extend({ password: z.string() }),
    status: 201,
  }),
  changeUser: route('PATCH', '/api/v1/users/{id}', 'Change role, organisations, addresses, or lock out', {
    ...write,
    audit: 'account.changed',
    params: IdParams,
    body: z.strictObject({
      email: email.nullable().optional(),
      role: role.optional(),
      organisations: organisations.optional(),
      addressRanges: addressRanges.optional(),
      disabled: z.boolean().optional(),
    }),
    ...small,
    reply: UserReply,
  }),
  removeUser: route('DELETE', '/api/v1/users/{id}', 'Remove an account with all its sessions and tokens', {
    ...write,
    audit: 'account.removed',
    params: IdParams,
    ...none,
  }),
  unlockUser: route('POST', '/api/v1/users/{id}/unlock', 'Lift the locks of failed sign-ins', {
    permission: 'users:write',
    audit: 'sign-in.unlocked',
    params: IdParams,
    ...none,
  }),
  resetPassword: route('POST', '/api/v1/users/{id}/password', 'Give a new one-time password, shown once', {
    ...write,
    audit: 'password.changed',
    params: IdParams,
    reply: z.strictObject({ password: z.string() }),
  }),
  resetSecondFactor: route('DELETE', '/api/v1/users/{id}/totp', 'Take away a second factor that was lost', {
    ...write,
    audit: 'second-factor.removed',
    params: IdParams,
    ...none,
  }),
  endUserSessions: route('DELETE', '/api/v1/users/{id}/sessions', 'End all sessions of an account', {
    permission: 'users:write',
    audit: 'session.ended',
    params: IdParams,
    ...none,
  }),
  listRoles: route('GET', '/api/v1/roles', 'What each role may do', {
    permission: 'users:read',
    reply: z.strictObject({
      items: z.array(z.strictObject({ role, permissions: z.array(z.string()) })),
      nextCursor: z.null(),
    }),
  }),
  listInvitations: route('GET', '/api/v1/invitations', 'Invitations that are open', {
    permission: 'users:read',
    reply: pageOf(InvitationReply),
  }),
  invite: route('POST', '/api/v1/invitations', 'Invite somebody by a link that is shown once', {
    ...write,
    audit: 'invitation.made',
    body: z.strictObject({
      name,
      email: email.optional(),
      ...rights,
      hours: z.int().min(1).max(720).default(72),
    }),
    ...small,
    reply: InvitationReply.extend({ secret: z.string(), link: z.string() }),
    status: 201,
  }),
  revokeInvitation: route('DELETE', '/api/v1/invitations/{id}', 'Take an invitation back', {
    permission: 'users:write',
    audit: 'invitation.revoked',
    params: IdParams,
    ...none,
  }),
  acceptInvitation: route('POST', '/api/v1/invitations/accept', 'Take up an invitation with a password', {
    permission: 'public',
    limit: 'registration',
    body: z.strictObject({ secret: z.string().min(1).max(200), password }),
    ...small,
    reply: z.strictObject({ name: z.string() }),
    status: 201,
  }),
};
