import { TankError } from '../../../domain/errors.ts';

export interface OracleAddress {
  readonly connectString: string;
  readonly walletFolder?: string;
}

/** Strict, because these become part of a connect descriptor. */
const ADDRESS =
  /^(?:(?<protocol>tcps?):\/\/)?(?<host>[A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(?:(?::(?<port>\d{1,5}))?\/(?<service>[\w.$#-]+)|:(?<sidPort>\d{1,5}):(?<sid>[\w$#]+))(?:\?(?<parameters>.*))?$/;
const PARAMETERS = ['wallet'];
const PORTS = { tcp: 1521, tcps: 2484 } as const;

const refuse = (reason: string): never => {
  throw new TankError('invalid_definition', { reason });
};

/** host:1521/service, host:1521:SID, tcps://host:2484/service?wallet=/folder */
export const parseAddress = (text: string): OracleAddress => {
  const parts = ADDRESS.exec(text)?.groups;
  if (!parts?.host)
    return refuse(
      'the address is not of the form host:1521/service, host:1521:SID or tcps://host:2484/service?wallet=/folder',
    );
  const protocol = parts.protocol === 'tcps' ? 'tcps' : 'tcp';
  const host = parts.host.replace(/^\[|\]$/g, '');
  const wallet = walletOf(parts.parameters ?? '');
  if (wallet && protocol !== 'tcps') return refuse('a wallet is for tcps:// addresses');
  const place = `(ADDRESS=(PROTOCOL=${protocol})(HOST=${host})(PORT=${parts.port ?? parts.sidPort ?? PORTS[protocol]}))`;
  const data = parts.service ? `(SERVICE_NAME=${parts.service})` : `(SID=${parts.sid})`;
  const security = protocol === 'tcps' ? '(SECURITY=(SSL_SERVER_DN_MATCH=ON))' : '';
  const connectString = `(DESCRIPTION=${place}(CONNECT_DATA=${data})${security})`;
  return { connectString, ...(wallet ? { walletFolder: wallet } : {}) };
};

const walletOf = (text: string): string | null => {
  const parameters = new URLSearchParams(text);
  for (const name of parameters.keys()) {
    if (!PARAMETERS.includes(name))
      return refuse(`the address has an unknown parameter "${name}"; known is ${PARAMETERS.join(', ')}`);
  }
  return parameters.get('wallet');
};
