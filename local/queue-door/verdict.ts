/** What a function said about its batch. `misread`: it answered what is no batch answer, so nothing counts as done. */
export interface Verdict {
  readonly failed: ReadonlySet<string>;
  readonly misread?: string;
}

/**
 * As Lambda reads a ReportBatchItemFailures answer, with one difference: an answer that names other keys
 * than `batchItemFailures` reads as success there, and the messages are gone. Here it fails them all,
 * so that the mistake shows before it is deployed.
 */
export const judgeBatch = (answer: unknown, messageIds: readonly string[]): Verdict => {
  if (answer === undefined || answer === null) return NONE_FAILED;
  if (typeof answer !== 'object' || Array.isArray(answer)) return misread(messageIds, 'not an object');
  if (!('batchItemFailures' in answer)) {
    return Object.keys(answer).length === 0
      ? NONE_FAILED
      : misread(messageIds, 'an object without "batchItemFailures": Lambda would take it for success');
  }
  const { batchItemFailures } = answer;
  if (batchItemFailures === null || batchItemFailures === undefined) return NONE_FAILED;
  if (!Array.isArray(batchItemFailures)) return misread(messageIds, '"batchItemFailures" is not a list');
  return judgeItems(batchItemFailures, messageIds);
};

export const allFailed = (messageIds: readonly string[]): Verdict => ({ failed: new Set(messageIds) });

const NONE_FAILED: Verdict = { failed: new Set() };

const misread = (messageIds: readonly string[], reason: string): Verdict => ({
  ...allFailed(messageIds),
  misread: reason,
});

const judgeItems = (items: readonly unknown[], messageIds: readonly string[]): Verdict => {
  const known = new Set(messageIds);
  const named = items.map(identifierOf);
  const failed = named.filter((id) => id !== undefined);
  if (failed.length < named.length) return misread(messageIds, 'an item without "itemIdentifier"');
  if (!failed.every((id) => known.has(id)))
    return misread(messageIds, 'an "itemIdentifier" not of this batch');
  return { failed: new Set(failed) };
};

const identifierOf = (item: unknown): string | undefined => {
  if (typeof item !== 'object' || item === null || !('itemIdentifier' in item)) return undefined;
  const { itemIdentifier } = item;
  return typeof itemIdentifier === 'string' && itemIdentifier !== '' ? itemIdentifier : undefined;
};
