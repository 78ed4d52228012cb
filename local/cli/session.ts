import { userInfo } from 'node:os';
import { join } from 'node:path';
import { startApp } from '../../shared/app.ts';
import { readEnvironment } from '../../shared/config/environment.ts';
import { type Environment, loadSettings, type Settings } from '../../shared/config/load.ts';
import type { HostPorts } from '../../shared/ports/ports.ts';
import { prepareDataFolder } from '../data-folder.ts';
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
  prepareDataFolder(settings.dataDir);
  const ports = startApp(settings, { logTo: { folder: join(settings.dataDir, 'logs') } });
  return { settings, ports, operator: createOperator(ports, userInfo().username) };
};
