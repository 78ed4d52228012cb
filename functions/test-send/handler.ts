import type { Operations } from '../../shared/middleware/call.ts';
import { httpChain } from '../../shared/middleware/http-chain.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { confine } from '../../shared/use-cases/confine.ts';
import { testSendApi } from '../../shared/wire/test-send-api.ts';
import { testSend } from './test-send.ts';

/** By itself, because it is the only door of people behind which a mail leaves at once: the right to send is its alone. */
export const createTestSendHandler = (all: Ports) =>
  httpChain(testSendApi, (principal) => operationsOn(confine(all, principal)), all);

const operationsOn = (ports: Ports): Operations<typeof testSendApi> => ({
  testSend: ({ params, body, principal, language }) => testSend(ports, params.id, body, principal, language),
});
