import { describe, expect, it } from 'vitest';
import { isAllowed, ROLES, type Role } from '../../shared/domain/permissions.ts';

describe('what a role may do', () => {
  it.each<[Role, string, boolean]>([
    ['owner', 'users:delete', true],
    ['owner', 'anything:new', true],
    ['admin', 'sources:write', true],
    ['admin', 'users:write', true],
    ['admin', 'runs:start', false],
    ['admin', 'audit:read', false],
    ['operator', 'runs:start', true],
    ['operator', 'automations:write', true],
    ['operator', 'suppressions:write', true],
    ['operator', 'sources:read', true],
    ['operator', 'sources:write', false],
    ['operator', 'users:read', false],
    ['viewer', 'reports:read', true],
    ['viewer', 'runs:read', true],
    ['viewer', 'runs:start', false],
    ['viewer', 'automations:write', false],
    ['auditor', 'audit:read', true],
    ['auditor', 'reports:read', false],
  ])('%s, %s: %s', (role, permission, allowed) => {
    expect(isAllowed(role, permission)).toBe(allowed);
  });

  it.each(['', ':', '*', 'runs', 'runs:', ':read', 'runs:read:own'])(
    'nobody holds a malformed permission: %j',
    (permission) => {
      for (const role of ROLES) expect(isAllowed(role, permission)).toBe(false);
    },
  );
});
