import { integer, type Key, text } from './key.ts';

/** Where other systems send mails, and by what they are known. */
export const GATEWAY_KEYS = [
  {
    name: 'TANK_GATEWAY_HOST',
    type: text(),
    fallback: '127.0.0.1',
    about: 'Address on which the gateway listens, where other systems send mails with client certificates',
  },
  {
    name: 'TANK_GATEWAY_PORT',
    type: integer(1, 65_535),
    fallback: '3443',
    about: 'Port of the gateway; it opens when there is a certificate for it',
  },
  {
    name: 'TANK_GATEWAY_CERT_FILE',
    type: text(),
    about:
      'Certificate of the gateway with its chain (PEM); none: certs/server.crt in the data folder, if there is one',
  },
  {
    name: 'TANK_GATEWAY_KEY_FILE',
    type: text(),
    about: 'Its private key (PEM); none: certs/server.key in the data folder',
  },
  {
    name: 'TANK_GATEWAY_CA_FILE',
    type: text(),
    about: 'Authorities whose client certificates count (PEM); none: certs/ca.crt in the data folder',
  },
  {
    name: 'TANK_GATEWAY_CRL_FILE',
    type: text(),
    about:
      'Lists of the certificates that these have revoked (PEM), one for each; none: certs/crl.pem in the data folder',
  },
  {
    name: 'TANK_MESSAGE_CONTENT_DAYS',
    type: integer(1, 3_650),
    fallback: '30',
    about:
      'So long the texts and attachments of a message are kept after it was taken, or until it is settled',
  },
] as const satisfies readonly Key[];
