import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { MANIFEST } from '../../functions/manifest.ts';
import { unpackArtifact } from '../support/artifact.ts';
import { type LambdaInstance, startLambda, taskRoot } from '../support/lambda-runtime.ts';
import { node24, node24Absent } from '../support/node24.mjs';

const absent = node24Absent();
const recorded = (name: string): { readonly event: unknown } =>
  JSON.parse(readFileSync(join(import.meta.dirname, `../fixtures/events/${name}.json`), 'utf8'));

describe.skipIf(absent !== undefined)(
  `the artifact under Lambda's Runtime API${absent ? ` (not run: ${absent})` : ''}`,
  { timeout: 60_000 },
  () => {
    let folder: string;
    beforeAll(() => {
      folder = unpackArtifact();
    });
    afterAll(() => rmSync(folder, { recursive: true }));

    const start = async (name: string, env: Record<string, string> = {}): Promise<LambdaInstance> => {
      const instance = await startLambda({
        node: node24() ?? '',
        root: taskRoot(folder),
        handler: `functions/${name}/index.handler`,
        env: { TANK_LOG_LEVEL: 'silent', TANK_DATA_DIR: mkdtempSync(join(folder, 'data-')), ...env },
      });
      onTestFinished(() => instance.stop());
      return instance;
    };

    it.each(MANIFEST.map(({ name }) => name))('loads %s and takes an invocation', async (name) => {
      const instance = await start(name);
      const answered = instance.invoke({});
      const first = await Promise.race([answered, instance.initError]);
      expect(first).toHaveProperty('kind');
    });

    it('answers one invocation after the other from the same instance', async () => {
      const auth = await start('auth');
      const { event } = recorded('auth-keys');
      const first = await auth.invoke(event);
      expect(first).toMatchObject({ kind: 'response', value: { statusCode: 200 } });
      const { body } = (first as { value: { body: string } }).value;
      expect(await auth.invoke(event)).toMatchObject({ kind: 'response', value: { body } });
    });

    it('gives back the records that failed, and only those', async () => {
      const send = await start('send-batch');
      const { event } = recorded('send-batch-one-of-two-malformed');
      expect(await send.invoke(event)).toMatchObject({
        kind: 'response',
        value: { batchItemFailures: [{ itemIdentifier: expect.any(String) }] },
      });
    });

    it('fails an event that is none of its own, and goes on with the next', async () => {
      const send = await start('send-batch');
      expect(await send.invoke({ no: 'records' })).toMatchObject({
        kind: 'error',
        fault: { errorMessage: expect.stringContaining('Records') },
      });
      expect(await send.invoke({ Records: [] })).toMatchObject({
        kind: 'response',
        value: { batchItemFailures: [] },
      });
    });

    it('says at its first invocation what setting is wrong, and no instance dies of it', async () => {
      const auth = await start('auth', { TANK_STORE: 'postgres' });
      const { event } = recorded('auth-keys');
      const answer = await Promise.race([auth.invoke(event), auth.initError]);
      expect(JSON.stringify(answer)).toMatch(/TANK_STORE_URL|configuration/i);
    });
  },
);
