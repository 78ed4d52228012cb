export interface WebRequest {
  readonly url: string;
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Of the whole exchange. */
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

export interface WebReply {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** One exchange over HTTP. A redirect is an answer like any other, for the caller to judge. Throws web_failed. */
export interface Web {
  exchange(request: WebRequest): Promise<WebReply>;
}
