import type { CrashMoment } from '../../fixtures/ses-stand-in/open-calls.ts';
import { mulberry32 } from '../../fixtures/ses-stand-in/settings.ts';

/**
 * How one life of the daemon ends. `moment`: the stand-in kills at a moment of a call · `delay`: at a random time ·
 * `boot`: while it starts · `plan`: while it plans the run · `sync`: strace kills it as it enters the so-manieth sync
 * of the store's log, when what it was about to say is written and not yet durable.
 */
export type Kill =
  | { readonly kind: 'moment'; readonly at: Exclude<CrashMoment, 'now'>; readonly after: number }
  | { readonly kind: 'delay'; readonly ms: number }
  | { readonly kind: 'boot'; readonly ms: number }
  | { readonly kind: 'plan'; readonly ms: number }
  | { readonly kind: 'sync'; readonly after: number };

export interface KillPlanOptions {
  readonly kills: number;
  readonly seed: number;
  /** Kills by strace, where this machine lets a process be traced. */
  readonly tracing: boolean;
}

/** The same seed, the same plan. A few deaths come in planning and in starting; most of them in open calls. */
export const planKills = ({ kills, seed, tracing }: KillPlanOptions): readonly Kill[] => {
  const random = mulberry32(seed);
  const upTo = (most: number) => Math.floor(random() * most);
  const planning = Math.round(kills * 0.03);
  return Array.from({ length: kills }, (_, index): Kill => {
    if (index < planning) return { kind: 'plan', ms: 50 + upTo(400) };
    const draw = random();
    if (draw < 0.03) return { kind: 'boot', ms: 30 + upTo(600) };
    if (draw < 0.1 && tracing) return { kind: 'sync', after: 15 + upTo(45) };
    if (draw < 0.4) return { kind: 'delay', ms: upTo(150) };
    if (draw < 0.55) return { kind: 'moment', at: 'arrival', after: 1 + upTo(25) };
    if (draw < 0.8) return { kind: 'moment', at: 'accepted', after: 1 + upTo(25) };
    return { kind: 'moment', at: 'answered', after: 1 + upTo(25) };
  });
};
