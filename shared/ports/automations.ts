import type { AutomationSpec, SourceSpec } from '../domain/automation.ts';

/** An immutable version of an automation. `id` survives a rename; `version` counts from 1. */
export interface AutomationVersion {
  readonly id: string;
  readonly version: number;
  readonly spec: AutomationSpec;
  readonly createdAt: number;
  readonly createdBy: string;
}

export interface Saved {
  readonly id: string;
  readonly version: number;
  /** False when the definition was the same as before. */
  readonly changed: boolean;
}

export interface Definitions {
  readonly sources: readonly SourceSpec[];
  readonly automations: readonly { readonly id?: string; readonly spec: AutomationSpec }[];
}

export interface Automations {
  source(name: string): Promise<SourceSpec | undefined>;
  sources(): Promise<readonly SourceSpec[]>;
  /** The current version, found by id or by name. */
  find(idOrName: string): Promise<AutomationVersion | undefined>;
  version(id: string, version: number): Promise<AutomationVersion | undefined>;
  list(): Promise<readonly AutomationVersion[]>;
  /** All or nothing, and a definition that is the same as before makes no version. */
  apply(
    definitions: Definitions,
    author: string,
  ): Promise<{ readonly sources: readonly Saved[]; readonly automations: readonly Saved[] }>;
}
