import { type AppOptions, BUILT } from './app/options.ts';
import { createPorts } from './app/ports.ts';
import { readEnvironment } from './config/environment.ts';
import { loadSettings, type Settings } from './config/load.ts';
import { TankError } from './domain/errors.ts';
import type { Database } from './ports/database.ts';
import type { HostPorts, Ports } from './ports/ports.ts';

let started: HostPorts | undefined;

/** The ports of this process. On Lambda the environment says everything; a host that knows better starts the app itself. */
export const app = (): Ports => {
  started ??= createPorts(settingsOfEnvironment(), BUILT);
  return started;
};

export const startApp = (settings: Settings, options: Partial<AppOptions> = {}): HostPorts => {
  if (started) throw new Error('the app of this process was started before');
  started = createPorts(settings, { ...BUILT, ...options });
  return started;
};

/** SQLite bare, for the one lock that must live in the daemon's own thread. */
export { openVendor as openLockFile } from './adapters/sqlite/vendor.ts';

/** A SQLite file of somebody else's: the demo's bank. */
export const openDatabaseFile = async (file: string): Promise<Database> =>
  (await import('./adapters/sqlite/database.ts')).openSqlite(file, { ...BUILT.sqlite, access: 'guest' });

const settingsOfEnvironment = (): Settings => {
  const loaded = loadSettings(readEnvironment(process.cwd()));
  if (loaded.ok) return loaded.settings;
  throw new TankError(
    'configuration_invalid',
    {},
    { fields: loaded.faults.map(({ key, problem }) => ({ field: key, problem })) },
  );
};
