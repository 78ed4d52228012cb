import { beforeEach, describe, expect, it } from 'vitest';
import { suppressionsApi as api } from '../../../shared/wire/suppressions-api.ts';
import { openOffice } from '../../fixtures/office.ts';

const ADDRESS = 'jimin.park@example.com';

describe('addresses that are not mailed', () => {
  let office: Awaited<ReturnType<typeof openOffice>>;
  beforeEach(async () => {
    office = await openOffice([
      { id: '1', email: ADDRESS, name: '박지민' },
      { id: '2', email: 'seojun@example.com', name: '김서준' },
    ]);
    const organisations = await office.ports.organisations();
    for (const name of ['retail', 'cards'])
      await organisations.add({ name, title: name, createdAt: 0, createdBy: '-' });
  });

  const add = (addresses: readonly string[], over: object = {}) =>
    office.ask(api.addSuppressions, { body: { addresses, ...over } }, 'operator');
  const items = async (query: Record<string, string> = {}) => {
    const reply = await office.ask(api.listSuppressions, { query }, 'operator');
    return reply.json.items as {
      id: string;
      address: string;
      scope: string;
      reason: string;
      origin: string;
    }[];
  };
  const streamed = async () => {
    let chunks: AsyncIterable<string> | undefined;
    const takeStream = (given: AsyncIterable<string>) => {
      chunks = given;
    };
    await office.reply(api.exportSuppressions, {}, 'operator', { takeStream });
    let text = '';
    for await (const chunk of chunks ?? []) text += chunk;
    return text;
  };

  it('are added by hand, each with the word of who did it, and shown masked', async () => {
    expect((await add([ADDRESS, 'no address', ADDRESS.toUpperCase()])).json).toMatchObject({
      rows: 3,
      added: 1,
      known: 1,
      refused: 1,
      faults: [{ line: 2 }],
    });
    expect(await items()).toMatchObject([
      { address: 'j*********@example.com', scope: '*', reason: 'manual' },
    ]);
    expect(JSON.stringify(await items())).not.toContain('jimin');
  });

  it('are found by their address in a body, never in a path or a query', async () => {
    await add([ADDRESS], { scope: 'retail', reason: 'complaint' });
    const found = await office.ask(
      api.findSuppressions,
      { body: { address: ` ${ADDRESS.toUpperCase()}` } },
      'operator',
    );
    expect(found.json.items).toMatchObject([{ scope: 'retail', reason: 'complaint' }]);
    expect(
      (await office.ask(api.findSuppressions, { body: { address: 'x@example.com' } })).json.items,
    ).toEqual([]);
  });

  it('are mailed again once they are removed', async () => {
    await add([ADDRESS]);
    const [entry] = await items();
    const remove = () => office.ask(api.removeSuppression, { params: { id: entry?.id ?? '' } }, 'operator');
    expect((await remove()).status).toBe(204);
    expect(await items()).toEqual([]);
    expect((await remove()).status).toBe(404);
    const nonsense = await office.ask(api.removeSuppression, { params: { id: 'nonsense' } }, 'operator');
    expect(nonsense.status).toBe(404);
  });

  it('go out as CSV and come in again as they were', async () => {
    await add([ADDRESS], { scope: 'retail', reason: 'complaint' });
    await add(['=cmd@example.com', 'b@example.com'], { reason: 'unsubscribe' });
    const before = await items();
    const csv = await streamed();
    expect(csv).toContain(`${ADDRESS},retail,complaint,`);
    expect(csv).toContain("'=cmd@example.com");
    for (const { id } of before) await office.ask(api.removeSuppression, { params: { id } }, 'operator');
    const back = await office.ask(api.importSuppressions, { body: { csv } }, 'operator');
    expect(back.json).toMatchObject({ rows: 3, added: 3, refused: 0 });
    expect(await items()).toEqual(before.map((item) => ({ ...item, createdAt: expect.any(String) })));
  });

  it('are refused for an organisation that is not there: nobody would ask for them', async () => {
    const wrong = await add([ADDRESS], { scope: 'Retail' });
    expect(wrong.status).toBe(400);
    expect(wrong.json.errors).toMatchObject([{ field: 'scope' }]);
    const csv = `address,scope\n${ADDRESS},retial\nb@example.com,retail\n`;
    const taken = await office.ask(api.importSuppressions, { body: { csv } }, 'operator');
    expect(taken.json).toMatchObject({ rows: 2, added: 1, refused: 1, faults: [{ line: 2 }] });
    expect(await items()).toMatchObject([{ scope: 'retail' }]);
  });

  it('of others lie at an address that holds no password: everybody sees it', async () => {
    const given = { name: 'police', url: 'https://kim:secret@example.com/list.csv?x=@' };
    const refused = await office.ask(api.addBlockList, { body: given });
    expect(refused.status).toBe(400);
    expect(refused.json.errors).toMatchObject([{ field: 'url' }]);
    expect(JSON.stringify(refused.json)).toMatch(/password|비밀번호/);
    const url = given.url.replace('kim:secret@', '');
    expect((await office.ask(api.addBlockList, { body: { ...given, url } })).status).toBe(201);
  });

  it('cannot be said to come from an external list', async () => {
    await office.ask(
      api.importSuppressions,
      { body: { csv: `address,reason\n${ADDRESS},list` } },
      'operator',
    );
    expect(await items()).toMatchObject([{ reason: 'manual' }]);
    expect((await add([ADDRESS], { reason: 'list' })).status).toBe(400);
  });

  it('are nobody’s business who may not see them, and exported by those who may', async () => {
    for (const role of ['viewer', 'auditor'] as const) {
      expect((await office.ask(api.listSuppressions, {}, role)).status).toBe(403);
      expect((await office.ask(api.exportSuppressions, {}, role)).status).toBe(403);
    }
    expect((await office.ask(api.listSuppressions)).status).toBe(200);
  });

  it('are for an organisation’s operator those of the organisation, and nobody else’s to change', async () => {
    const account = { id: 'op1', name: 'op1', role: 'operator', organisations: ['retail'] } as const;
    const rest = { addressRanges: [], passwordHash: '-', epoch: 1, mustChangePassword: false, createdAt: 0 };
    await (await office.ports.accounts()).add({ ...account, ...rest });
    const { token } = await (await office.ports.tokens()).issue({ subject: 'op1', epoch: 1 });
    await add(['a@example.com']);
    await add(['b@example.com'], { scope: 'cards' });
    const ofRetail = { addresses: ['c@example.com'], scope: 'retail' };
    expect((await office.ask(api.addSuppressions, { token, body: ofRetail })).status).toBe(201);
    for (const scope of ['*', 'cards'])
      expect((await office.ask(api.addSuppressions, { token, body: { ...ofRetail, scope } })).status).toBe(
        403,
      );
    const csv = 'address,scope\nd@example.com,retail\ne@example.com,cards';
    expect((await office.ask(api.importSuppressions, { token, body: { csv, scope: 'retail' } })).status).toBe(
      403,
    );
    const seen = await office.ask(api.listSuppressions, { token });
    const visible = seen.json.items as { id: string; scope: string }[];
    expect(visible.map(({ scope }) => scope).sort()).toEqual(['*', 'retail']);
    const everywhere = visible.find(({ scope }) => scope === '*')?.id ?? '';
    const [cards] = await items({ scope: 'cards' });
    expect((await office.ask(api.removeSuppression, { token, params: { id: everywhere } })).status).toBe(403);
    expect((await office.ask(api.removeSuppression, { token, params: { id: cards?.id ?? '' } })).status).toBe(
      404,
    );
  });

  it('come page by page', async () => {
    await add(Array.from({ length: 25 }, (_, n) => `customer${n}@example.com`));
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const reply = await office.ask(
        api.listSuppressions,
        { query: { limit: '10', ...(cursor ? { cursor } : {}) } },
        'operator',
      );
      seen.push(...(reply.json.items as { id: string }[]).map(({ id }) => id));
      cursor = (reply.json.nextCursor as string | null) ?? undefined;
    } while (cursor);
    expect(new Set(seen).size).toBe(25);
  });

  it('a file of 50,000 is taken in within one request', async () => {
    const csv = Array.from({ length: 50_000 }, (_, n) => `customer${n}@example.com`).join('\n');
    const reply = await office.ask(api.importSuppressions, { body: { csv } }, 'operator');
    expect(reply.json).toMatchObject({ rows: 50_000, added: 50_000 });
  });
});
