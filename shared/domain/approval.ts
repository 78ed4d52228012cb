import type { RunState } from './run.ts';

/** What an approver says yes to: the pinned version and the planned numbers, as one short text such as `v3-12000-11873`. */
export interface PlanCounts {
  readonly automationVersion: number;
  readonly targets: number;
  readonly mails: number;
}

export const planMark = ({ automationVersion, targets, mails }: PlanCounts): string =>
  `v${automationVersion}-${targets}-${mails}`;

/** Where a planned run goes: above the automation's size a second person is asked. */
export const afterPlanning = (
  mails: number,
  approval: { readonly above: number } | undefined,
): Extract<RunState, 'sending' | 'awaiting_approval'> =>
  approval !== undefined && mails > approval.above ? 'awaiting_approval' : 'sending';

/** Four eyes: neither who started the run nor who wrote the version that it has pinned. */
export const isSecondPerson = (approver: string, startedBy: string, lastEditor: string): boolean =>
  approver !== startedBy && approver !== lastEditor;
