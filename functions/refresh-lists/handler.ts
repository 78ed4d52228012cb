import { scheduleChain } from '../../shared/middleware/schedule-chain.ts';
import { type RefreshPorts, refreshLists } from './refresh-lists.ts';

export const createRefreshListsHandler = (ports: RefreshPorts) =>
  scheduleChain((_, context) => refreshLists(ports, () => context.getRemainingTimeInMillis()), ports);
