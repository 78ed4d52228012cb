import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { pythonProgram } from '../python.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'tank-synth-'));
afterAll(() => rmSync(folder, { recursive: true }));

const MOST_SECONDS = 60;
const CHOICES = {
  'with nothing chosen': [],
  'in a VPC, with files on S3, mutual TLS and a mailbox for alarms': [
    'vpcId=vpc-0123456789abcdef0',
    'subnets=subnet-0123456789abcdef0,subnet-0123456789abcdef1',
    'attachments=s3://bank-files/statement/',
    'domain=api.example.com',
    'certificateArn=arn:aws:acm:ap-northeast-2:111111111111:certificate/12345678-1234-1234-1234-123456789012',
    'truststore=s3://bank-trust/ca.pem',
    'alarmEmail=ops@example.com',
  ],
};

describe.each(Object.entries(CHOICES))('the deployment, %s', (name, choices) => {
  const out = join(folder, String(name.length));

  it(`is synthesized without credentials within ${MOST_SECONDS} s`, async () => {
    const startedAt = performance.now();
    await run(
      process.execPath,
      [
        join(ROOT, 'node_modules/aws-cdk/bin/cdk'),
        ...['synth', '--quiet', '--output', out],
        ...choices.flatMap((choice) => ['-c', choice]),
      ],
      { cwd: ROOT, env: { PATH: process.env.PATH, HOME: folder, CDK_DISABLE_CLI_TELEMETRY: 'true' } },
    );
    const seconds = (performance.now() - startedAt) / 1000;
    console.log(`synthesis: ${seconds.toFixed(1)} s`);
    expect(seconds).toBeLessThan(MOST_SECONDS);
  }, 180_000);

  it('is a template against which cfn-lint has nothing', async () => {
    const template = join(out, 'tank.template.json');
    const lint = await run(pythonProgram('cfn-lint'), ['--regions', 'ap-northeast-2', '--', template]).catch(
      (fault: { readonly stdout: string }) => fault,
    );
    expect(lint.stdout).toBe('');
  }, 180_000);
});
