import type { SESv2Client } from '@aws-sdk/client-sesv2';

/** Where the SDK itself would send, settings, environment and profiles considered: asked of a request that never leaves. */
export const endpointOf = async (client: SESv2Client): Promise<URL> => {
  const { GetAccountCommand } = await import('@aws-sdk/client-sesv2');
  const probe = new GetAccountCommand({});
  let endpoint: URL | undefined;
  probe.middlewareStack.add(
    () =>
      async ({ request }) => {
        endpoint = toUrl(request);
        return { output: { $metadata: {} }, response: undefined };
      },
    { step: 'build', priority: 'high' },
  );
  await client.send(probe);
  if (!endpoint) throw new Error('the SDK resolved no endpoint');
  return endpoint;
};

const toUrl = (request: unknown): URL => {
  const { protocol, hostname, port, path } = request as {
    readonly protocol: string;
    readonly hostname: string;
    readonly port?: number;
    readonly path: string;
  };
  const prefix = path.replace(/\/v2\/email\/account$/, '');
  return new URL(`${protocol}//${hostname}${port === undefined ? '' : `:${port}`}${prefix}`);
};
