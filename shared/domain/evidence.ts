import type { AutomationSpec, TransportName } from './automation.ts';
import type { Language } from './errors.ts';

/** events: the transport tells later · lookup: it can be asked · none: nobody will ever know. */
export type EvidenceKind = 'events' | 'lookup' | 'none';

export interface EvidenceSettings {
  /** SES publishes events only through a configuration set. */
  readonly sesConfigurationSet?: string;
}

/** What each transport will be able to prove, known from the settings alone: a save must not open a connection. */
export const evidenceOf = (transport: TransportName, settings: EvidenceSettings): EvidenceKind => {
  switch (transport) {
    case 'outbox':
      return 'lookup';
    case 'ses':
      return settings.sesConfigurationSet ? 'events' : 'none';
    case 'smtp':
      return 'none';
  }
};

/** The fields of an automation that promise what its transport cannot prove. */
export const unprovable = (
  spec: Pick<AutomationSpec, 'canary' | 'inDoubt'>,
  evidence: EvidenceKind,
): readonly ('canary' | 'inDoubt')[] =>
  evidence === 'none'
    ? [
        ...(spec.canary ? ['canary' as const] : []),
        ...(spec.inDoubt === 'resend' ? ['inDoubt' as const] : []),
      ]
    : [];

export const UNPROVABLE: Readonly<Record<'canary' | 'inDoubt', Readonly<Record<Language, string>>>> = {
  canary: {
    en: 'The transport tells nothing about its mails, so a canary would prove nothing; SES needs TANK_SES_CONFIGURATION_SET.',
    ko: '이 전송 방식은 발송 결과를 알려 주지 않아 카나리 발송으로 확인할 수 없습니다. SES는 TANK_SES_CONFIGURATION_SET이 필요합니다.',
  },
  inDoubt: {
    en: '"resend" needs a transport that can prove that a mail did not leave; choose "hold".',
    ko: '"resend"는 메일이 나가지 않았음을 증명할 수 있는 전송 방식에서만 쓸 수 있습니다. "hold"를 선택하십시오.',
  },
};
