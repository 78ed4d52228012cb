import { bothLanguages, type Facts, type Language } from './errors.ts';
import type { FaultText } from './fault-text.ts';

/** A server's own words, or a sentence that Tank says in both languages. */
export type Reason = string | FaultText;

export const reasonFacts = (reason: Reason): Facts =>
  typeof reason === 'string' ? { reason } : bothLanguages(reason);

export const describeReason = ({ reason, reason_ko: ko }: Facts, language: Language): string =>
  String((language === 'ko' ? ko : undefined) ?? reason ?? '?');
