import { statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { startApp } from '../../shared/app.ts';
import { readEnvironment } from '../../shared/config/environment.ts';
import { type Environment, loadSettings, type Settings } from '../../shared/config/load.ts';
import type { HostPorts } from '../../shared/ports/ports.ts';
import { describeFaults, Exit } from './exit.ts';
import { createOperator, type Operator } from './operator.ts';

/** What a command works with: checked settings, the ports behind the handlers, and the handlers as `os:<user>`. */
export interface Session {
  readonly settings: Settings;
  readonly ports: HostPorts;
  readonly operator: Operator;
}

export const openSession = (environment: Environment = readEnvironment(process.cwd())): Session => {
  const loaded = loadSettings(environment);
  if (!loaded.ok) throw new Exit(2, describeFaults(loaded.faults));
  const { settings } = loaded;
  demandOwner(settings.dataDir);
  const ports = startApp(settings, { logTo: { folder: join(settings.dataDir, 'logs') } });
  return { settings, ports, operator: createOperator(ports, userInfo().username) };
};

/** Whoever does not own the data folder would leave files there that the daemon cannot read. */
const demandOwner = (dataDir: string): void => {
  const folder = statSync(dataDir, { throwIfNoEntry: false });
  const uid = process.getuid?.();
  if (folder && uid !== undefined && folder.uid !== uid) {
    throw new Exit(
      2,
      `The data folder ${dataDir} belongs to another user (uid ${folder.uid}); run this command as that user.`,
    );
  }
};
