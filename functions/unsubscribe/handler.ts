import type { ChainPorts } from '../../shared/middleware/call.ts';
import { httpChain } from '../../shared/middleware/http-chain.ts';
import { unsubscribeApi } from '../../shared/wire/unsubscribe-api.ts';
import { askToUnsubscribe, type UnsubscribePorts, unsubscribe } from './unsubscribe.ts';

export const createUnsubscribeHandler = (ports: UnsubscribePorts & ChainPorts) =>
  httpChain(
    unsubscribeApi,
    {
      askToUnsubscribe: ({ params, language }) => askToUnsubscribe(ports, params.token, language),
      unsubscribe: ({ params, language }) => unsubscribe(ports, params.token, language),
    },
    ports,
  );
