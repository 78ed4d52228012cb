import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { readEnvironment } from '../../shared/config/environment.ts';
import { openSession, type Session } from './session.ts';

/**
 * For what needs no installation, on a build machine for instance: where no data folder is, one that is thrown
 * away afterwards. Where there is one, its sources and secrets count.
 */
export const withSession = async (work: (session: Session) => Promise<void>): Promise<void> => {
  const environment = readEnvironment(process.cwd());
  if (existsSync(resolve(environment.TANK_DATA_DIR || DEFAULT_FOLDER))) return work(openSession(environment));
  const folder = mkdtempSync(join(tmpdir(), 'tank-check-'));
  try {
    const bare = {
      TANK_STORE: 'sqlite',
      TANK_QUEUE: 'embedded',
      TANK_SECRETS: 'files',
      TANK_DATA_DIR: folder,
    };
    await work(openSession({ ...environment, ...bare }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const DEFAULT_FOLDER = './.tank';
