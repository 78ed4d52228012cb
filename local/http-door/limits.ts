/** How patient a listener is, and how much it holds at once. */
export interface HttpLimits {
  readonly headersMs: number;
  /** The whole request, from its first byte to the last of its body. */
  readonly readMs: number;
  /** The handler; HTTP APIs give up after 30 s as well. */
  readonly handlerMs: number;
  readonly writeMs: number;
  readonly idleMs: number;
  /** How long the rest of a refused request is read and thrown away, so that the refusal arrives. */
  readonly lingerMs: number;
  readonly maxConnections: number;
  readonly maxHeaderBytes: number;
  /** Requests that may wait on one connection for the one before them. */
  readonly maxPipelined: number;
  readonly maxBodyBytes: number;
}

export const HTTP_LIMITS: HttpLimits = {
  headersMs: 10_000,
  readMs: 30_000,
  handlerMs: 30_000,
  writeMs: 30_000,
  idleMs: 60_000,
  lingerMs: 5_000,
  maxConnections: 1_000,
  maxHeaderBytes: 16_384,
  maxPipelined: 16,
  maxBodyBytes: 256 * 1024 * 1024,
};
