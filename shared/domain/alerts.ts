import type { Language } from './errors.ts';

export type Severity = 'critical' | 'warning';

interface AlertEntry {
  readonly severity: Severity;
  /** The same alert is not told again within this time. */
  readonly quietMs: number;
  /** Of a signal: how many within five minutes are an alert. */
  readonly threshold?: number;
  readonly en: string;
  readonly ko: string;
}

const HOUR = 3_600_000;
export const SIGNAL_WINDOW_MS = 5 * 60_000;

/** Everything that a person is told of without having asked. `{name}` is filled from the facts. */
export const ALERTS = {
  sending_paused: {
    severity: 'critical',
    quietMs: HOUR,
    en: 'Sending is paused by the {reason} rule for {about}: {events} of the last {sends} mails. A person must lift the hold.',
    ko: '{about}의 발송이 {reason} 규칙으로 중지되었습니다: 최근 {sends}건 중 {events}건. 담당자가 해제해야 합니다.',
  },
  reputation_warning: {
    severity: 'warning',
    quietMs: 12 * HOUR,
    en: 'The {reason} of {about} is near the limit: {events} of the last {sends} mails.',
    ko: '{about}의 {reason}이(가) 한도에 가깝습니다: 최근 {sends}건 중 {events}건.',
  },
  pause_not_mirrored: {
    severity: 'warning',
    quietMs: HOUR,
    en: 'The configuration set of SES could not be turned {about}: {reason}. Tank itself is paused or resumed all the same.',
    ko: 'SES 구성 세트를 {about}(으)로 전환하지 못했습니다: {reason}. Tank 자체의 중지/재개에는 영향이 없습니다.',
  },
  no_events: {
    severity: 'critical',
    quietMs: HOUR,
    en: 'Sent {sent} mails, and no event about any of them came within 15 minutes: the way of the events is broken.',
    ko: '메일 {sent}건을 보냈으나 15분 동안 이벤트가 하나도 오지 않았습니다. 이벤트 경로를 확인하십시오.',
  },
  topic_confirmed: {
    severity: 'warning',
    quietMs: HOUR,
    en: 'The subscription to the topic {about} was confirmed.',
    ko: '주제 {about}의 구독이 확인되었습니다.',
  },
  topic_unsubscribed: {
    severity: 'critical',
    quietMs: HOUR,
    en: 'Somebody has unsubscribed this installation from the topic {about}: its events do not come any more.',
    ko: '주제 {about}의 구독이 해지되었습니다. 더 이상 이벤트가 오지 않습니다.',
  },
  block_list_failed: {
    severity: 'warning',
    quietMs: 6 * HOUR,
    en: 'The block list {about} could not be fetched: {reason}. Its last good copy stays in force.',
    ko: '차단 목록 {about}을(를) 가져오지 못했습니다: {reason}. 마지막 정상 사본을 계속 사용합니다.',
  },
  rate_limit_unavailable: {
    severity: 'critical',
    quietMs: HOUR / 12,
    en: 'Requests cannot be counted: sign-in stays shut, everything else passes without limits.',
    ko: '요청 수를 셀 수 없습니다. 로그인은 차단되고 그 외 요청은 제한 없이 통과합니다.',
  },
  audit_unavailable: {
    severity: 'critical',
    quietMs: HOUR / 12,
    en: 'The audit cannot be written: acts that must be recorded are refused.',
    ko: '감사 기록을 남길 수 없어, 기록이 필요한 작업이 거부됩니다.',
  },
  refresh_token_reused: {
    severity: 'critical',
    quietMs: HOUR / 12,
    en: 'A refresh token of the account {about} was used twice: somebody has a copy. Its session has ended.',
    ko: '계정 {about}의 갱신 토큰이 두 번 사용되었습니다. 유출이 의심되어 세션을 종료했습니다.',
  },
  gateway_shut: {
    severity: 'critical',
    quietMs: HOUR / 12,
    en: 'The gateway lets nobody in: {reason}.',
    ko: '게이트웨이가 모든 접속을 거부하고 있습니다: {reason}.',
  },
  revocation_list_ending: {
    severity: 'critical',
    quietMs: 24 * HOUR,
    en: 'The list of revoked certificates ends {until}; after that the gateway lets nobody in. Make a new one: tank certs crl.',
    ko: '인증서 폐기 목록이 {until}에 만료되며, 이후 게이트웨이는 모든 접속을 거부합니다. tank certs crl로 새로 만드십시오.',
  },
  certificate_expiring: {
    severity: 'warning',
    quietMs: 24 * HOUR,
    en: 'The certificate {serial} of the client {about} ends {until}, and no later one is known.',
    ko: '클라이언트 {about}의 인증서 {serial}이(가) {until}에 만료되며, 갱신된 인증서가 없습니다.',
  },
  failed_logins: {
    severity: 'warning',
    quietMs: HOUR,
    threshold: 10,
    en: '{count} sign-ins failed within 5 minutes.',
    ko: '5분 동안 로그인이 {count}번 실패했습니다.',
  },
  rate_limit_hits: {
    severity: 'warning',
    quietMs: HOUR,
    threshold: 100,
    en: '{count} requests were refused within 5 minutes because there were too many.',
    ko: '5분 동안 요청 {count}건이 빈도 제한으로 거부되었습니다.',
  },
  attack_signals: {
    severity: 'critical',
    quietMs: HOUR,
    threshold: 5,
    en: '{count} signs of an attack within 5 minutes ({about}).',
    ko: '5분 동안 공격 징후 {count}건이 있었습니다({about}).',
  },
} as const satisfies Record<string, AlertEntry>;

export type AlertKind = keyof typeof ALERTS;

export const alertEntry = (kind: AlertKind): AlertEntry => ALERTS[kind];

export const describeAlert = (
  kind: AlertKind,
  facts: Readonly<Record<string, string | number>>,
  language: Language,
): string => ALERTS[kind][language].replace(/\{(\w+)\}/g, (_, name: string) => String(facts[name] ?? '?'));
