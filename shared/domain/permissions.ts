export const ROLES = ['owner', 'admin', 'operator', 'viewer', 'auditor'] as const;
export type Role = (typeof ROLES)[number];

/** Whose automations, runs and sends somebody may touch: those of these organisations, or everybody's. */
export type Organisations = 'all' | readonly string[];

/** Who acts: an account, or `os:<user>` for the commands of the machine's administrator. */
export interface Principal {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly organisations: Organisations;
  /** token: an access token without a session, as the commands of the machine's administrator have it. */
  readonly via: 'session' | 'api-token' | 'token';
  readonly sessionId?: string;
  /** Of the access token of this request, where there is one. */
  readonly token?: { readonly id: string; readonly expiresAt: number };
  /** What an API token is for; none: all that the role may. */
  readonly scopes?: readonly string[];
  /** Signed in with a one-time password: nothing but the own account may be touched. */
  readonly mustChangePassword: boolean;
  /** An owner without a second factor where one is required: the same. */
  readonly mustEnrol: boolean;
}

/** `resource:action`, either of which may be `*`. What is not listed is denied. */
export const GRANTS: Readonly<Record<Role, readonly string[]>> = {
  owner: ['*:*'],
  admin: ['system:*', 'sources:*', 'secrets:*', 'users:*', 'organisations:*', 'clients:*', 'security:read'],
  operator: [
    'automations:*',
    'templates:*',
    'runs:*',
    'sends:*',
    'suppressions:*',
    'messages:read',
    'reports:read',
    'sources:read',
  ],
  viewer: ['automations:read', 'runs:read', 'sends:read', 'reports:read'],
  auditor: ['audit:read'],
};

/** Roles that stand above the departments; the others see what belongs to their organisations. */
const EVERYWHERE: readonly Role[] = ['owner', 'admin', 'auditor'];

/** In the list of an account: all organisations, also those that are yet to come. */
const ALL_ORGANISATIONS = '*';

export const organisationsOf = (role: Role, listed: readonly string[]): Organisations =>
  EVERYWHERE.includes(role) || listed.includes(ALL_ORGANISATIONS) ? 'all' : listed;

/** Whether something of this organisation is there at all, as far as these organisations can see. */
export const isWithin = (organisations: Organisations, organisation: string): boolean =>
  organisations === 'all' || organisations.includes(organisation);

export const isRole = (value: string): value is Role => ROLES.some((role) => role === value);

/** `permission` is `resource:action`; anything of another form is denied. */
export const isAllowed = (role: Role, permission: string): boolean => isCovered(GRANTS[role], permission);

/** The role allows it, and the API token, if it is one, is meant for it. */
export const mayDo = ({ role, scopes }: Pick<Principal, 'role' | 'scopes'>, permission: string): boolean =>
  isAllowed(role, permission) && (scopes === undefined || isCovered(scopes, permission));

const isCovered = (grants: readonly string[], permission: string): boolean => {
  const parts = permission.split(':');
  const [resource, action] = parts;
  if (parts.length !== 2 || !resource || !action) return false;
  return grants.some((grant) => {
    const [grantedResource, grantedAction] = grant.split(':');
    return (
      (grantedResource === '*' || grantedResource === resource) &&
      (grantedAction === '*' || grantedAction === action)
    );
  });
};

/** Who may make, change or end an account of a role: owners those of everybody, administrators not those above them. */
export const mayManage = (actor: Role, target: Role): boolean =>
  actor === 'owner' || (actor === 'admin' && target !== 'owner' && target !== 'admin');
