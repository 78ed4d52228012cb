import { TankError } from './errors.ts';

export const SEND_STATES = [
  'pending',
  'sending',
  'sent',
  'retry',
  'failed',
  'in_doubt',
  'suppressed',
  'skipped',
  'cancelled',
  'held',
] as const;
export type SendState = (typeof SEND_STATES)[number];

export const DELIVERY_STATES = ['none', 'delivered', 'delayed', 'bounced', 'complained'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** Who moves a send: the worker that called, evidence from the transport, a policy after its wait, the planner, a person. */
export type Mover = 'worker' | 'evidence' | 'policy' | 'planner' | 'person';

interface Move {
  readonly from: SendState;
  readonly to: SendState;
  readonly by: readonly Mover[];
}

const move = (from: SendState, to: readonly SendState[], ...by: Mover[]): Move[] =>
  to.map((state) => ({ from, to: state, by }));

/**
 * Every legal move; all else throws. The worker's late answer may settle a send that was already put in doubt.
 * Evidence beats everything: a send that was tried again and then refused may have gone out the first time.
 */
const MOVES: readonly Move[] = [
  ...move('pending', ['sending'], 'worker'),
  ...move('retry', ['sending'], 'worker'),
  ...move('sending', ['sent', 'retry', 'failed', 'in_doubt'], 'worker'),
  ...move('in_doubt', ['sent', 'retry', 'failed'], 'worker'),
  ...move('pending', ['suppressed', 'skipped', 'cancelled', 'held', 'failed'], 'worker', 'planner', 'person'),
  ...move('retry', ['suppressed', 'skipped', 'cancelled', 'held', 'failed'], 'worker', 'planner', 'person'),
  ...SEND_STATES.filter((state) => state !== 'sent').flatMap((state) => move(state, ['sent'], 'evidence')),
  ...move('held', ['sent'], 'person'),
  ...move('in_doubt', ['held', 'pending'], 'policy'),
  ...move('held', ['failed', 'pending'], 'person'),
  ...move('failed', ['retry'], 'person'),
];

/** The states from which a mover may bring a send into this one; the WHERE of every update is made of it. */
export const statesBefore = (to: SendState, by: Mover): readonly SendState[] =>
  MOVES.filter((legal) => legal.to === to && legal.by.includes(by)).map((legal) => legal.from);

export const assertMove = (from: SendState, to: SendState, by: Mover): void => {
  if (!statesBefore(to, by).includes(from)) throw new TankError('illegal_move', { what: 'send', from, to });
};

/** A run ends when none of its sends is in one of these. */
export const OPEN_STATES = [
  'pending',
  'sending',
  'retry',
  'in_doubt',
] as const satisfies readonly SendState[];
