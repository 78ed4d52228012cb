import * as client from 'openid-client';
import type { Vouched } from '../../ports/identity.ts';

interface GithubEmail {
  readonly email: string;
  readonly primary: boolean;
  readonly verified: boolean;
}

/** The number of a user stays; login names are given away again. */
export const readGithub = async (
  configuration: client.Configuration,
  api: string,
  accessToken: string,
): Promise<Vouched> => {
  const ask = async (path: string): Promise<unknown> => {
    const headers = new Headers({ accept: 'application/vnd.github+json', 'user-agent': 'tank' });
    const url = new URL(`${api}${path}`);
    const reply = await client.fetchProtectedResource(configuration, accessToken, url, 'GET', null, headers);
    if (!reply.ok) throw new Error(`GitHub answered ${reply.status}`);
    return reply.json();
  };
  const { id } = Object(await ask('/user')) as { readonly id?: unknown };
  if (!Number.isSafeInteger(id)) throw new Error('GitHub did not say who it is');
  const emails = (await ask('/user/emails')) as readonly GithubEmail[];
  const email = emails.find(({ primary, verified }) => primary === true && verified === true)?.email;
  return { subject: String(id), ...(email && { email: email.toLowerCase() }) };
};
