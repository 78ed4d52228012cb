import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../shared/adapters/sources/postgres/address.ts';

describe('the address of a PostgreSQL source', () => {
  it('is verified and encrypted unless it stays on this machine or says otherwise', () => {
    expect(parseAddress('postgres://db.example.com/core')).toMatchObject({
      port: 5432,
      database: 'core',
      sslMode: 'verify-full',
    });
    expect(parseAddress('postgresql://localhost:5433/core')).toMatchObject({
      port: 5433,
      sslMode: 'disable',
    });
    expect(parseAddress('postgres://[::1]/core')).toMatchObject({ host: '::1', sslMode: 'disable' });
    expect(parseAddress('postgres:///core?host=/run/postgresql')).toMatchObject({
      host: '/run/postgresql',
      sslMode: 'disable',
    });
    expect(parseAddress('postgres://db.example.com/core?sslmode=disable')).toMatchObject({
      sslMode: 'disable',
    });
  });

  it.each([
    ['postgres://user:secret@db.example.com/core', /password/],
    ['postgres://db.example.com/', /no database/],
    ['postgres:///core', /no host/],
    ['postgres://db.example.com/core?sslmode=prefer', /sslmode is one of/],
    ['postgres://db.example.com/core?options=-c%20a=b', /unknown parameter "options"/],
    ['mysql://db.example.com/core', /postgres:\/\//],
    ['db.example.com', /postgres:\/\//],
  ])('is refused when it reads %s', (url, reason) => {
    expect(() => parseAddress(url)).toThrow(reason);
    expect(() => parseAddress(url)).not.toThrow(/secret@|:secret/);
  });
});
