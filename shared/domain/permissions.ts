export const ROLES = ['owner', 'admin', 'operator', 'viewer', 'auditor'] as const;
export type Role = (typeof ROLES)[number];

/** Who acts: an account, or `os:<user>` for the commands of the machine's administrator. */
export interface Principal {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly tokenId: string;
  readonly tokenExpiresAt: number;
  /** Signed in with a one-time password: nothing but the own account may be touched. */
  readonly mustChangePassword: boolean;
}

/** `resource:action`, either of which may be `*`. What is not listed is denied. */
const GRANTS: Readonly<Record<Role, readonly string[]>> = {
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

export const isRole = (value: string): value is Role => ROLES.some((role) => role === value);

/** `permission` is `resource:action`; anything of another form is denied. */
export const isAllowed = (role: Role, permission: string): boolean => {
  const parts = permission.split(':');
  const [resource, action] = parts;
  if (parts.length !== 2 || !resource || !action) return false;
  return GRANTS[role].some((grant) => {
    const [grantedResource, grantedAction] = grant.split(':');
    return (
      (grantedResource === '*' || grantedResource === resource) &&
      (grantedAction === '*' || grantedAction === action)
    );
  });
};
