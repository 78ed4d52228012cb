import type { SESv2Client } from '@aws-sdk/client-sesv2';
import { TankError } from '../../domain/errors.ts';
import { MAX_MAIL_BYTES } from '../../domain/mail.ts';
import type { Clock } from '../../ports/runtime.ts';
import type { TransportLimits } from '../../ports/transport.ts';

/** GetAccount allows one request a second for the whole account, and its numbers move slowly. */
const KEEP_MS = 60_000;
const RETRY_MS = 5_000;
const CALL_MS = 10_000;

/** The account's limits, asked at most once a minute; after a failed question the last answer stands. */
export class AccountLimits {
  readonly #client: () => Promise<SESv2Client>;
  readonly #clock: Clock;
  #known: TransportLimits | undefined;
  #nextAt = Number.NEGATIVE_INFINITY;
  #asking: Promise<void> | undefined;
  #fault: TankError | undefined;

  constructor(client: () => Promise<SESv2Client>, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  /** Throws transport_temporary as long as no question was ever answered. */
  async get(): Promise<TransportLimits> {
    if (this.#clock.monotonic() >= this.#nextAt) {
      this.#asking ??= this.#ask().finally(() => {
        this.#asking = undefined;
      });
      await this.#asking;
    }
    if (this.#known) return this.#known;
    throw this.#fault ?? new TankError('transport_temporary', { reason: 'GetAccount' });
  }

  async #ask(): Promise<void> {
    try {
      this.#known = await this.#getAccount();
      this.#nextAt = this.#clock.monotonic() + KEEP_MS;
    } catch (cause) {
      const reason = cause instanceof Error ? cause.name : 'unknown';
      this.#fault = new TankError('transport_temporary', { reason }, { cause });
      this.#nextAt = this.#clock.monotonic() + RETRY_MS;
    }
  }

  async #getAccount(): Promise<TransportLimits> {
    const { GetAccountCommand } = await import('@aws-sdk/client-sesv2');
    const client = await this.#client();
    const account = await client.send(new GetAccountCommand({}), {
      abortSignal: AbortSignal.timeout(CALL_MS),
    });
    const { MaxSendRate: rate, Max24HourSend: day, SentLast24Hours: sent } = account.SendQuota ?? {};
    return {
      ...(rate === undefined ? {} : { ratePerSecond: rate }),
      ...(day === undefined || day < 0 ? {} : { dailyQuota: day }),
      ...(sent === undefined ? {} : { sentLast24Hours: sent }),
      maxMailBytes: MAX_MAIL_BYTES,
      ...(account.SendingEnabled === undefined ? {} : { sendingEnabled: account.SendingEnabled }),
      ...(account.ProductionAccessEnabled === undefined
        ? {}
        : { production: account.ProductionAccessEnabled }),
    };
  }
}
