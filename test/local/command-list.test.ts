import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../local/cli/program.ts';

interface Leaf {
  readonly path: string;
  readonly command: Command;
}

/** What does something when it is called by this name; a group with a default is none of its own. */
const leavesOf = (command: Command, path: readonly string[] = []): readonly Leaf[] =>
  command.commands.length === 0
    ? [{ path: path.join(' '), command }]
    : command.commands.flatMap((child) => leavesOf(child, [...path, child.name()]));

const LEAVES = leavesOf(createProgram());

const COMMANDS = [
  'again',
  'apply',
  'approve',
  'audit list',
  'audit verify',
  'automation check',
  'automation files',
  'automation list',
  'automation pause',
  'automation resume',
  'bounces read',
  'cancel',
  'certs client',
  'certs crl',
  'certs init-ca',
  'certs list',
  'certs renew',
  'certs revoke',
  'certs server',
  'clients add',
  'clients change',
  'clients disable',
  'clients enable',
  'clients list',
  'clients remove',
  'demo',
  'doctor',
  'export',
  'holidays import',
  'holidays list',
  'migrate',
  'openapi',
  'pause',
  'preview',
  'reject',
  'resume',
  'retry',
  'run',
  'runs',
  'schedules',
  'serve',
  'settle',
  'sources list',
  'sources test',
  'start',
  'suppress add',
  'suppress export',
  'suppress import',
  'suppress list',
  'suppress lists add',
  'suppress lists remove',
  'suppress lists show',
  'suppress remove',
  'test-send',
  'users init',
  'users list',
  'users reset',
  'users unlock',
];

/** What needs no --json, and why. */
const WITHOUT_JSON: Readonly<Record<string, string>> = {
  openapi: 'prints a JSON document, and nothing else',
  'suppress export': 'prints CSV, of any length and as it comes',
};

describe('the commands of tank', () => {
  it('are these, and no others', () => {
    expect(LEAVES.map(({ path }) => path).sort()).toEqual(COMMANDS);
  });

  it('all print JSON when they are asked to', () => {
    const mute = LEAVES.filter(({ command }) => !command.options.some(({ long }) => long === '--json'));
    expect(mute.map(({ path }) => path).sort()).toEqual(Object.keys(WITHOUT_JSON));
  });

  it.each(LEAVES)('tank $path says what it does, and what each of its options is for', ({ command }) => {
    expect(command.description()).not.toBe('');
    expect(command.options.filter(({ description }) => !description)).toEqual([]);
  });
});
