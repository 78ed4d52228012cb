import { pino } from 'pino';
import type { Log, LogFields } from '../../ports/runtime.ts';
import { dayFile, type LineSink } from './day-file.ts';
import { describeCause } from './describe-cause.ts';
import { redact } from './redact.ts';

export interface LogOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  /** Lambda and containers read standard output; on a host of its own Tank keeps files. */
  readonly to: 'stdout' | { readonly folder: string };
  readonly now: () => number;
}

/** JSON lines: time, level, event and plain fields. */
export const createLog = (options: LogOptions, stdout: LineSink = process.stdout): Log => {
  const isFile = options.to !== 'stdout';
  const sink = options.to === 'stdout' ? stdout : dayFile(options.to.folder, options.now);
  const logger = createLogger(options, sink);
  const tell =
    (level: 'debug' | 'info' | 'warn') =>
    (event: string, fields: LogFields = {}) =>
      logger[level](redact(fields), event);
  return {
    debug: tell('debug'),
    info: tell('info'),
    warn: tell('warn'),
    error: (event, fields = {}, cause) => {
      // Frames stay in the file, which only its owner reads; standard output is shipped elsewhere.
      const causes = cause === undefined ? {} : { causes: describeCause(cause, { frames: isFile }) };
      logger.error({ ...redact(fields), ...causes }, event);
    },
  };
};

const createLogger = ({ level, now }: LogOptions, sink: LineSink) =>
  pino(
    {
      level,
      messageKey: 'event',
      base: null,
      timestamp: () => `,"time":"${new Date(now()).toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    sink,
  );
