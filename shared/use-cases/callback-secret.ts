import type { Client } from '../ports/clients.ts';
import type { Ports } from '../ports/ports.ts';

/** The data key under which the secrets of clients are kept. */
const CLIENTS = 'clients';
const placeOf = (id: string): string => `client|callback_secret|${id}`;

export const sealCallbackSecret = async (
  ports: Pick<Ports, 'vault'>,
  id: string,
  secret: string,
): Promise<Uint8Array> =>
  (await (await ports.vault()).open(CLIENTS)).encrypt(placeOf(id), Buffer.from(secret));

export const openCallbackSecret = async (
  ports: Pick<Ports, 'vault'>,
  { spec, callbackSecret }: Client,
): Promise<string | undefined> =>
  callbackSecret &&
  Buffer.from(
    (await (await ports.vault()).open(CLIENTS)).decrypt(placeOf(spec.id), callbackSecret),
  ).toString();
