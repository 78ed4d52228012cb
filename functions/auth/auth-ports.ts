import type { Ports } from '../../shared/ports/ports.ts';

export type AuthPorts = Pick<
  Ports,
  | 'runtime'
  | 'access'
  | 'vault'
  | 'accounts'
  | 'sessions'
  | 'apiTokens'
  | 'invitations'
  | 'secondFactors'
  | 'devices'
  | 'signInLocks'
  | 'federation'
  | 'providers'
  | 'passwords'
  | 'tokens'
  | 'oneTimeCodes'
  | 'secretMaker'
  | 'captcha'
  | 'counters'
  | 'alerts'
  | 'signals'
  | 'audit'
  | 'clients'
  | 'certificates'
>;

/** From where, and with what, somebody calls. */
export interface Caller {
  readonly address: string;
  readonly agent: string;
  readonly requestId: string;
}
