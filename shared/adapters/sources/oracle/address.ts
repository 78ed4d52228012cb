import { bothLanguages, TankError } from '../../../domain/errors.ts';

export interface OracleAddress {
  readonly connectString: string;
  readonly walletFolder?: string;
}

/** Strict, because these become part of a connect descriptor. */
const ADDRESS =
  /^(?:(?<protocol>tcps?):\/\/)?(?<host>[A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(?:(?::(?<port>\d{1,5}))?\/(?<service>[\w.$#-]+)|:(?<sidPort>\d{1,5}):(?<sid>[\w$#]+))(?:\?(?<parameters>.*))?$/;
const PARAMETERS = ['wallet'];
const PORTS = { tcp: 1521, tcps: 2484 } as const;

const refuse = (en: string, ko: string): never => {
  throw new TankError('invalid_definition', bothLanguages({ en, ko }));
};

/** host:1521/service, host:1521:SID, tcps://host:2484/service?wallet=/folder */
export const parseAddress = (text: string): OracleAddress => {
  const parts = ADDRESS.exec(text)?.groups;
  if (!parts?.host)
    return refuse(
      'the address is not of the form host:1521/service, host:1521:SID or tcps://host:2484/service?wallet=/folder',
      '주소는 host:1521/service, host:1521:SID 또는 tcps://host:2484/service?wallet=/folder 형식이어야 합니다',
    );
  const protocol = parts.protocol === 'tcps' ? 'tcps' : 'tcp';
  const host = parts.host.replace(/^\[|\]$/g, '');
  const wallet = walletOf(parts.parameters ?? '');
  if (wallet && protocol !== 'tcps')
    return refuse('a wallet is for tcps:// addresses', '월렛은 tcps:// 주소에만 쓸 수 있습니다');
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
      return refuse(
        `the address has an unknown parameter "${name}"; known is ${PARAMETERS.join(', ')}`,
        `주소에 알 수 없는 매개변수 "${name}"이(가) 있습니다. 사용할 수 있는 것: ${PARAMETERS.join(', ')}`,
      );
  }
  return parameters.get('wallet');
};
