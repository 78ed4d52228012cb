import * as client from 'openid-client';
import type { Provider } from '../../domain/access-rules.ts';
import { bothLanguages, TankError } from '../../domain/errors.ts';
import type { Providers, Vouched } from '../../ports/identity.ts';
import type { Secrets } from '../../ports/keys.ts';
import { readGithub } from './github.ts';

interface Options {
  readonly secrets: () => Promise<Pick<Secrets, 'credentials'>>;
  readonly companyIssuer?: string;
  /** Elsewhere than on the internet, for tests. */
  readonly googleIssuer?: string;
  readonly github?: GithubPlaces;
}

export interface GithubPlaces {
  readonly site: string;
  readonly api: string;
}

const GOOGLE = 'https://accounts.google.com';
const GITHUB: GithubPlaces = { site: 'https://github.com', api: 'https://api.github.com' };
const TIMEOUT_SECONDS = 10;
/** How long what a provider publishes about itself is believed. */
const CONFIGURATION_MS = 3_600_000;

/** What the library does not check unless told is told here: PKCE, state, nonce, issuer, audience, an id token. */
export const createProviders = (options: Options): Providers => {
  const places = options.github ?? GITHUB;
  const configurations = new Map<
    Provider,
    { readonly made: Promise<client.Configuration>; readonly at: number }
  >();

  const configure = async (provider: Provider): Promise<client.Configuration> => {
    const credentials = await (await options.secrets()).credentials(`oidc-${provider}`);
    if (!credentials)
      throw new TankError('secret_refused', { name: `oidc-${provider}`, reason: 'it is not there' });
    const { user: id, password: secret } = credentials;
    if (provider === 'github') return githubConfiguration(places, id, secret);
    const issuer = provider === 'google' ? (options.googleIssuer ?? GOOGLE) : (options.companyIssuer ?? '');
    return client.discovery(new URL(issuer), id, secret, undefined, {
      timeout: TIMEOUT_SECONDS,
      execute: isLoopback(issuer) ? [client.allowInsecureRequests] : [],
    });
  };

  const configurationOf = (provider: Provider): Promise<client.Configuration> => {
    const known = configurations.get(provider);
    const now = performance.now();
    if (known && now - known.at < CONFIGURATION_MS) return known.made;
    const made = configure(provider);
    configurations.set(provider, { made, at: now });
    made.catch(() => configurations.delete(provider));
    return made;
  };

  return {
    leave: (provider, redirectUri) =>
      named(provider, async () => {
        const configuration = await configurationOf(provider);
        const departing = {
          state: client.randomState(),
          nonce: client.randomNonce(),
          verifier: client.randomPKCECodeVerifier(),
        };
        const url = client.buildAuthorizationUrl(configuration, {
          redirect_uri: redirectUri,
          scope: provider === 'github' ? 'read:user user:email' : 'openid email',
          state: departing.state,
          code_challenge: await client.calculatePKCECodeChallenge(departing.verifier),
          code_challenge_method: 'S256',
          ...(provider === 'github' ? {} : { nonce: departing.nonce }),
        });
        return { ...departing, url: url.href };
      }),

    comeBack: (provider, callbackUrl, { state, nonce, verifier }) =>
      named(provider, async () => {
        const configuration = await configurationOf(provider);
        const checks = { expectedState: state, pkceCodeVerifier: verifier };
        if (provider === 'github') {
          const tokens = await client.authorizationCodeGrant(configuration, new URL(callbackUrl), checks);
          return readGithub(configuration, places.api, tokens.access_token);
        }
        const tokens = await client.authorizationCodeGrant(configuration, new URL(callbackUrl), {
          ...checks,
          expectedNonce: nonce,
          idTokenExpected: true,
        });
        return readIdToken(configuration, tokens);
      }),
  };
};

/** Some providers tell the address in the id token, some only when asked for it. */
const readIdToken = async (
  configuration: client.Configuration,
  tokens: Awaited<ReturnType<typeof client.authorizationCodeGrant>>,
): Promise<Vouched> => {
  const claims = tokens.claims();
  if (!claims) throw new Error('there is no id token');
  const told =
    claims.email === undefined && configuration.serverMetadata().userinfo_endpoint
      ? await client.fetchUserInfo(configuration, tokens.access_token, claims.sub)
      : claims;
  const { email, email_verified: verified } = told;
  return {
    subject: claims.sub,
    ...(typeof email === 'string' && verified === true && { email: email.toLowerCase() }),
  };
};

const githubConfiguration = ({ site }: GithubPlaces, id: string, secret: string): client.Configuration => {
  const configuration = new client.Configuration(
    {
      issuer: site,
      authorization_endpoint: `${site}/login/oauth/authorize`,
      token_endpoint: `${site}/login/oauth/access_token`,
    },
    id,
    secret,
  );
  configuration.timeout = TIMEOUT_SECONDS;
  if (isLoopback(site)) client.allowInsecureRequests(configuration);
  return configuration;
};

const isLoopback = (url: string): boolean =>
  URL.canParse(url) && ['localhost', '127.0.0.1', '[::1]'].includes(new URL(url).hostname);

const NOT_RIGHT = { en: 'its answer is not right', ko: '응답이 올바르지 않습니다' };

/** What the library says may quote tokens; it goes into the log as the cause, and not to the caller. */
const named = async <T>(provider: Provider, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof TankError) throw cause;
    throw new TankError('provider_refused', { provider, ...bothLanguages(NOT_RIGHT) }, { cause });
  }
};
