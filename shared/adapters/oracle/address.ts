import { TankError } from '../../domain/errors.ts';

export interface StoreAddress {
  readonly user: string;
  readonly password: string;
  readonly connectString: string;
  readonly walletLocation?: string;
}

const PROTOCOLS: Readonly<Record<string, string>> = { 'oracle:': 'tcp', 'oracles:': 'tcps' };

/** oracle://user:password@host:1521/service, or oracles:// for TLS, with ?wallet=/folder where it needs one. */
export const parseStoreUrl = (text: string): StoreAddress => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const protocol = url && PROTOCOLS[url.protocol];
  const service = url?.pathname.slice(1);
  if (!url?.hostname || !protocol || !service || !url.username) throw refused();
  const wallet = url.searchParams.get('wallet');
  return {
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    connectString: `${protocol}://${url.hostname}:${url.port || (protocol === 'tcps' ? 2484 : 1521)}/${service}`,
    ...(wallet ? { walletLocation: wallet } : {}),
  };
};

/** Without the text, which holds a password. */
const refused = (): TankError =>
  new TankError(
    'configuration_invalid',
    {},
    {
      fields: [
        { field: 'TANK_STORE_URL', problem: 'is not of the form oracle://user:password@host:1521/service' },
      ],
    },
  );
