import type { AutomationSpec, SourceSpec } from '../domain/automation.ts';

/** An immutable version of an automation. `id` survives a rename; `version` counts from 1. */
export interface AutomationVersion {
  readonly id: string;
  readonly version: number;
  readonly spec: AutomationSpec;
  readonly createdAt: number;
  readonly createdBy: string;
}

/** A source in its present form; runs always use that one. */
export interface SourceVersion {
  readonly spec: SourceSpec;
  readonly version: number;
  readonly createdAt: number;
  readonly createdBy: string;
}

export interface Saved {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  /** False when the definition was the same as before. */
  readonly changed: boolean;
}

/** `expectedVersion`: what the author has seen; 0: that there is none. Another one there is a conflict. */
export interface GivenSource {
  readonly spec: SourceSpec;
  readonly expectedVersion?: number;
}

export interface GivenAutomation {
  readonly id?: string;
  readonly spec: AutomationSpec;
  readonly expectedVersion?: number;
}

export interface Definitions {
  readonly sources: readonly GivenSource[];
  readonly automations: readonly GivenAutomation[];
  /** A source is deleted; an automation is archived, for its runs keep their versions. */
  readonly remove?: {
    readonly sources: readonly string[];
    readonly automations: readonly string[];
  };
}

export interface Applied {
  readonly sources: readonly Saved[];
  readonly automations: readonly Saved[];
}

export interface SourceUse {
  readonly source: string;
  readonly automationId: string;
  readonly automation: string;
  /** None: the automation of the present uses it. */
  readonly run?: string;
}

export interface Automations {
  source(name: string): Promise<SourceSpec | undefined>;
  sourceVersion(name: string): Promise<SourceVersion | undefined>;
  sources(): Promise<readonly SourceVersion[]>;
  /** The current version, found by id or by name; not when it is archived. */
  find(idOrName: string): Promise<AutomationVersion | undefined>;
  /** Also of an archived automation. */
  version(id: string, version: number): Promise<AutomationVersion | undefined>;
  /** All versions, newest first. */
  versions(id: string): Promise<readonly AutomationVersion[]>;
  /** By name, without the archived ones. */
  list(): Promise<readonly AutomationVersion[]>;
  /** Which automations of the present, and which runs with work left, use which source. */
  sourceUses(): Promise<readonly SourceUse[]>;
  /**
   * All or nothing; a definition that is the same as before makes no version; an archived automation that is given
   * again comes back as itself. Throws definition_changed when somebody else was faster, still_in_use when a run
   * of an automation to be archived has not ended, and name_taken.
   */
  apply(definitions: Definitions, author: string): Promise<Applied>;
}
