import { userInfo } from 'node:os';
import { join } from 'node:path';
import { startApp } from '../../shared/app.ts';
import { readEnvironment } from '../../shared/config/environment.ts';
import { ConfigFaults } from '../../shared/config/key.ts';
import { type Environment, loadSettings, type Settings } from '../../shared/config/load.ts';
import type { HostPorts } from '../../shared/ports/ports.ts';
import { prepareDataFolder } from '../data-folder.ts';
import { createOperator, type Operator } from './operator.ts';

/** What a command works with: checked settings, the ports behind the handlers, and the handlers as `os:<user>`. */
export interface Session {
  readonly settings: Settings;
  readonly ports: HostPorts;
  readonly operator: Operator;
}

/** A container's user often has a number and no name. */
const userName = (): string => {
  try {
    return userInfo().username;
  } catch {
    return `uid-${process.getuid?.() ?? 'unknown'}`;
  }
};

export const openSession = (environment: Environment = readEnvironment(process.cwd())): Session => {
  const loaded = loadSettings(environment);
  if (!loaded.ok) throw new ConfigFaults(loaded.faults);
  const { settings } = loaded;
  prepareDataFolder(settings.dataDir);
  const logs = join(settings.dataDir, 'logs');
  prepareDataFolder(logs);
  const ports = startApp(settings, { logTo: { folder: logs } });
  return { settings, ports, operator: createOperator(ports, userName()) };
};
