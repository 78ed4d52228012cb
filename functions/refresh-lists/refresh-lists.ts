import { parseAddress } from '../../shared/domain/address.ts';
import { readAddressCsv } from '../../shared/domain/address-csv.ts';
import { ADDRESS, addressKey } from '../../shared/domain/address-key.ts';
import { TankError, toTankError } from '../../shared/domain/errors.ts';
import { maskAddress } from '../../shared/domain/masking.ts';
import type { BlockList, ListContent, ListEntry } from '../../shared/ports/block-lists.ts';
import type { Hasher } from '../../shared/ports/keys.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { fetchList } from './fetch-list.ts';

export type RefreshPorts = Pick<Ports, 'runtime' | 'blockLists' | 'publicWeb' | 'vault' | 'alerts'>;

/** A day's staleness is borne; looked at each hour, a list has many tries before that. */
const EVERY_MS = 3_600_000;
const STOP_BEFORE_END_MS = 65_000;

/** Each list that is due. What cannot be fetched or read leaves the last good copy as it is. */
export const refreshLists = async (ports: RefreshPorts, remainingMs: () => number): Promise<void> => {
  const lists = await ports.blockLists();
  while (remainingMs() > STOP_BEFORE_END_MS) {
    const list = await lists.takeDue(EVERY_MS);
    if (!list) return;
    await refresh(ports, list);
  }
};

const refresh = async (ports: RefreshPorts, list: BlockList): Promise<void> => {
  const { log } = ports.runtime;
  const lists = await ports.blockLists();
  try {
    const content = await fetchContent(ports, list);
    if (content === undefined || content.contentHash === list.contentHash) await lists.confirm(list.id);
    else await lists.replace(list.id, content);
    log.info('block_list_fetched', { list: list.id, entries: content?.entries.length ?? list.entries });
  } catch (thrown) {
    const fault = toTankError(thrown);
    if (fault.code !== 'web_failed') throw thrown;
    const reason = String(fault.facts.reason);
    await lists.fail(list.id, reason);
    log.warn('block_list_failed', { list: list.id, reason });
    await (await ports.alerts()).raise({ kind: 'block_list_failed', about: list.name, facts: { reason } });
  }
};

/** Undefined: nothing has changed. */
const fetchContent = async (ports: RefreshPorts, list: BlockList): Promise<ListContent | undefined> => {
  const fetched = await fetchList(await ports.publicWeb(), ports.runtime.clock, list);
  if (fetched.kind === 'same') return undefined;
  const hash = await (await ports.vault()).hasher();
  const entries = entriesOf(fetched.text, hash);
  // Much more likely a slip of whoever keeps it than the wish to block nobody any more.
  if (entries.length === 0)
    throw new TankError('web_failed', { host: list.name, reason: 'it holds no address' });
  return {
    contentHash: hash('block-list', fetched.text),
    entries,
    ...(fetched.etag === undefined ? {} : { etag: fetched.etag }),
  };
};

const entriesOf = (text: string, hash: Hasher): readonly ListEntry[] => {
  const keys = new Set<string>();
  for (const { address } of readAddressCsv(text)) {
    const parsed = parseAddress(address);
    if (parsed.ok) keys.add(addressKey(parsed.address));
  }
  return [...keys].map((key) => ({ addressHash: hash(ADDRESS, key), masked: maskAddress(key) }));
};
