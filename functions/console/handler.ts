import type { ChainPorts } from '../../shared/middleware/call.ts';
import { httpChain } from '../../shared/middleware/http-chain.ts';
import { consoleApi } from '../../shared/wire/console-api.ts';
import { FILES } from './files.ts';

export const createConsoleHandler = (ports: ChainPorts) =>
  httpChain(
    consoleApi,
    {
      page: async () => FILES.page,
      style: async () => FILES.style,
      app: async () => FILES.app,
      api: async () => FILES.api,
      dom: async () => FILES.dom,
      words: async () => FILES.words,
      signInView: async () => FILES.signInView,
      runsView: async () => FILES.runsView,
      runView: async () => FILES.runView,
      automationsView: async () => FILES.automationsView,
    },
    ports,
  );
