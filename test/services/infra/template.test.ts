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

/** The CDK names a dependency that a reference implies as well. */
const WRITTEN_BY_CDK = 'W3005';

const synth = (choices: readonly string[], out: string): string[] => [
  process.execPath,
  join(ROOT, 'node_modules/aws-cdk/bin/cdk'),
  ...['synth', '--quiet', '--output', out],
  ...choices.flatMap((choice) => ['-c', choice]),
];

describe.each(Object.entries(CHOICES))('the deployment, %s', (name, choices) => {
  const out = join(folder, String(name.length));

  it(`is synthesized without credentials within ${MOST_SECONDS} s of one core`, async () => {
    const startedAt = performance.now();
    const { stderr } = await run(
      'bash',
      ['-c', `TIMEFORMAT='cpu %U %S'; time "$0" "$@"`, ...synth(choices, out)],
      {
        cwd: ROOT,
        env: { PATH: process.env.PATH, HOME: folder, CDK_DISABLE_CLI_TELEMETRY: 'true' },
      },
    );
    const [, user, system] = /^cpu ([\d.]+) ([\d.]+)$/m.exec(stderr) ?? [];
    const cpuSeconds = Number(user) + Number(system);
    const seconds = (performance.now() - startedAt) / 1000;
    console.log(`synthesis: ${seconds.toFixed(1)} s, ${cpuSeconds.toFixed(1)} s of CPU`);
    expect(cpuSeconds).toBeLessThan(MOST_SECONDS);
  }, 300_000);

  it('is a template in which cfn-lint finds no error', async () => {
    const options = [
      '--regions',
      'ap-northeast-2',
      '--format',
      'parseable',
      '--ignore-checks',
      WRITTEN_BY_CDK,
    ];
    const lint = await run(pythonProgram('cfn-lint'), [
      ...options,
      '--',
      join(out, 'tank.template.json'),
    ]).catch((fault: { readonly stdout: string }) => fault);
    expect(lint.stdout.trim()).toBe('');
  }, 300_000);
});
