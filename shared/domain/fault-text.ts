import type { Facts, Language } from './errors.ts';

/** One sentence in each language; `{name}` is filled from the fault's facts. */
export interface FaultText {
  readonly en: string;
  readonly ko: string;
}

export const faultText = (en: string, ko: string): FaultText => ({ en, ko });

export const fillFaultText = (text: FaultText, facts: Facts, language: Language): string =>
  text[language].replace(/\{(\w+)\}/g, (_, name: string) => String(facts[name] ?? '?'));
