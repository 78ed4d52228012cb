import type { Ports } from '../../shared/ports/ports.ts';

export type AuthPorts = Pick<Ports, 'runtime' | 'accounts' | 'passwords' | 'tokens'>;
