import { type Mover, SEND_STATES, type SendState, statesBefore } from '../../shared/domain/send-states.ts';

const MOVERS: readonly Mover[] = ['worker', 'evidence', 'policy', 'planner', 'person'];

const moversBetween = (from: SendState, to: SendState): readonly Mover[] =>
  MOVERS.filter((mover) => statesBefore(to, mover).includes(from));

/** The table of docs/delivery.md, made of the very moves that the updates are made of. */
export const stateTable = (): string =>
  ['| from | to | by |', '|---|---|---|', ...SEND_STATES.flatMap(rowsOf)].join('\n');

const rowsOf = (from: SendState): string[] => {
  const byMovers = new Map<string, SendState[]>();
  for (const to of SEND_STATES) {
    const movers = moversBetween(from, to).join(', ');
    if (movers !== '') byMovers.set(movers, [...(byMovers.get(movers) ?? []), to]);
  }
  return [...byMovers].map(([movers, states]) => `| ${from} | ${states.join(', ')} | ${movers} |`);
};
