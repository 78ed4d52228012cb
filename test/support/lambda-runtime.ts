import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/**
 * Lambda's Runtime API (version 2018-06-01) and a runtime that speaks it as AWS's own client does: one instance,
 * one invocation at a time, the answer or the error by POST, an import that fails by /init/error.
 */
export interface LambdaInstance {
  invoke(event: unknown, timeoutMs?: number): Promise<Answered>;
  /** Resolves with the fault when the handler could not be loaded. */
  readonly initError: Promise<RuntimeFault>;
  stop(): Promise<void>;
}

export type Answered =
  | { readonly kind: 'response'; readonly value: unknown }
  | { readonly kind: 'error'; readonly fault: RuntimeFault };

interface RuntimeFault {
  readonly errorType: string;
  readonly errorMessage: string;
}

export interface LambdaOptions {
  readonly node: string;
  /** The unpacked artifact: the task root. */
  readonly root: string;
  /** `functions/auth/index.handler` */
  readonly handler: string;
  readonly env: Readonly<Record<string, string>>;
}

const BASE = '/2018-06-01/runtime';
const MOST_BYTES = 6 * 1024 * 1024;
const DEFAULT_TIMEOUT_MS = 30_000;

interface Invocation {
  readonly id: string;
  readonly event: unknown;
  readonly deadline: number;
  readonly settle: (answer: Answered) => void;
}

export const startLambda = async ({ node, root, handler, env }: LambdaOptions): Promise<LambdaInstance> => {
  const api = new RuntimeApi(handler);
  const server = createServer((request, response) => void api.serve(request, response));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const child = spawn(node, ['--input-type=module', '--eval', RUNTIME], {
    cwd: root,
    env: {
      PATH: process.env.PATH ?? '',
      TZ: ':UTC',
      AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${(server.address() as AddressInfo).port}`,
      AWS_LAMBDA_FUNCTION_NAME: 'tank-test',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
      LAMBDA_TASK_ROOT: root,
      _HANDLER: handler,
      ...env,
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return {
    invoke: (event, timeoutMs = DEFAULT_TIMEOUT_MS) => api.invoke(event, timeoutMs),
    initError: api.initError,
    stop: () => end(child, () => server.close()),
  };
};

const end = async (child: ChildProcess, close: () => void): Promise<void> => {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  close();
};

class RuntimeApi {
  readonly initError: Promise<RuntimeFault>;
  readonly #arn: string;
  readonly #waiting: Invocation[] = [];
  readonly #running = new Map<string, Invocation>();
  #asker: ServerResponse | undefined;
  #tellInitError: (fault: RuntimeFault) => void = () => undefined;
  #count = 0;

  constructor(handler: string) {
    this.#arn = `arn:aws:lambda:ap-northeast-2:000000000000:function:${handler.split('/')[1]}`;
    this.initError = new Promise((tell) => {
      this.#tellInitError = tell;
    });
  }

  invoke(event: unknown, timeoutMs: number): Promise<Answered> {
    this.#count += 1;
    const id = `00000000-0000-4000-8000-${String(this.#count).padStart(12, '0')}`;
    return new Promise((settle) => {
      this.#waiting.push({ id, event, deadline: Date.now() + timeoutMs, settle });
      this.#handOut();
    });
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '').replace(BASE, '');
    if (path === '/invocation/next') {
      this.#asker = response;
      return this.#handOut();
    }
    const body = await readAll(request);
    if (path === '/init/error') this.#tellInitError(JSON.parse(body) as RuntimeFault);
    const [, id = '', kind] = /^\/invocation\/([^/]+)\/(response|error)$/.exec(path) ?? [];
    const invocation = this.#running.get(id);
    this.#running.delete(id);
    if (invocation && kind === 'response') invocation.settle(toResponse(body));
    if (invocation && kind === 'error')
      invocation.settle({ kind: 'error', fault: JSON.parse(body) as RuntimeFault });
    response.writeHead(202).end('{"status":"OK"}');
  }

  #handOut(): void {
    const [invocation] = this.#waiting;
    if (!invocation || !this.#asker) return;
    this.#waiting.shift();
    this.#running.set(invocation.id, invocation);
    this.#asker.writeHead(200, {
      'content-type': 'application/json',
      'lambda-runtime-aws-request-id': invocation.id,
      'lambda-runtime-deadline-ms': String(invocation.deadline),
      'lambda-runtime-invoked-function-arn': this.#arn,
      'lambda-runtime-trace-id': 'Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=0',
    });
    this.#asker.end(JSON.stringify(invocation.event));
    this.#asker = undefined;
  }
}

/** What is larger than Lambda carries is an error of the function, not an answer. */
const toResponse = (body: string): Answered =>
  Buffer.byteLength(body) > MOST_BYTES
    ? {
        kind: 'error',
        fault: {
          errorType: 'Function.ResponseSizeTooLarge',
          errorMessage: 'Response payload size exceeded maximum allowed payload size (6291556 bytes).',
        },
      }
    : { kind: 'response', value: JSON.parse(body) };

const readAll = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
};

/** As AWS's client does it; JSON.stringify gives undefined for a handler without a result, which is sent as null. */
const RUNTIME = `
  import { join } from 'node:path';
  const api = 'http://' + process.env.AWS_LAMBDA_RUNTIME_API + '${BASE}';
  const post = (path, value) => fetch(api + path, { method: 'POST', body: JSON.stringify(value) ?? 'null' });
  const faultOf = (thrown) => ({
    errorType: thrown?.name ?? 'Error',
    errorMessage: String(thrown?.message ?? thrown),
    trace: String(thrown?.stack ?? '').split('\\n'),
  });
  const [module, name] = process.env._HANDLER.split('.');
  let handler;
  try {
    handler = (await import(join(process.env.LAMBDA_TASK_ROOT, module + '.mjs')))[name];
    if (typeof handler !== 'function') throw new TypeError(process.env._HANDLER + ' is undefined or not exported');
  } catch (thrown) {
    await post('/init/error', faultOf(thrown));
    process.exit(1);
  }
  for (;;) {
    const next = await fetch(api + '/invocation/next');
    const header = (key) => next.headers.get('lambda-runtime-' + key);
    const id = header('aws-request-id');
    const deadline = Number(header('deadline-ms'));
    const context = {
      awsRequestId: id,
      invokedFunctionArn: header('invoked-function-arn'),
      functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
      functionVersion: '$LATEST',
      memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
      callbackWaitsForEmptyEventLoop: true,
      getRemainingTimeInMillis: () => deadline - Date.now(),
    };
    try {
      await post('/invocation/' + id + '/response', await handler(await next.json(), context));
    } catch (thrown) {
      await post('/invocation/' + id + '/error', faultOf(thrown));
    }
  }
`;

/** Where the artifact lies when it is unpacked. */
export const taskRoot = (folder: string): string => join(folder, 'dist');
