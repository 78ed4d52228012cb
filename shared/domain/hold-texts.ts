import { describeError, type Facts, isErrorCode, type Language } from './errors.ts';
import { type FaultText, faultText, fillFaultText } from './fault-text.ts';
import { describeMend } from './mends.ts';

interface HoldText {
  readonly detail: FaultText;
  readonly mend: FaultText;
}

const holdText = (detail: FaultText, mend: FaultText): HoldText => ({ detail, mend });

/** What Tank holds mail for by itself beyond the codes of errors: what it is, and what a person does about it. */
export const HOLD_TEXTS = {
  quota_too_small: holdText(
    faultText(
      'At the daily quota this run takes more than a week.',
      '일일 한도로는 이 실행에 일주일이 넘게 걸립니다.',
    ),
    faultText(
      'Ask the provider for a larger quota or divide the recipients; lift the hold to send all the same.',
      '한도 증설을 요청하거나 대상을 나누십시오. 그대로 보내려면 보류를 해제하십시오.',
    ),
  ),
  transport_silent: holdText(
    faultText('The transport does not answer.', '전송 시스템이 응답하지 않습니다.'),
    faultText(
      'Check the network to the transport; one mail at a time tries by itself whether it answers again.',
      '전송 시스템까지의 네트워크를 확인하십시오. 한 통씩 자동으로 다시 시도합니다.',
    ),
  ),
  many_rejected: holdText(
    faultText(
      'The transport refused many mails in a row.',
      '전송 시스템이 연속으로 많은 메일을 거부했습니다.',
    ),
    faultText(
      'Look at the reasons of the failed sends and mend what they have in common; then lift the hold and retry the failed ones.',
      '실패한 건의 사유를 보고 공통된 원인을 고치십시오. 그다음 보류를 해제하고 실패한 건을 다시 보내십시오.',
    ),
  ),
  send_window: holdText(
    faultText('The hours in which the automation may send are over.', '자동화의 발송 가능 시간이 아닙니다.'),
    faultText('Nothing; it goes on when the hours begin.', '조치가 필요 없습니다. 시간이 되면 계속합니다.'),
  ),
  canary: holdText(
    faultText(
      'The first mails are out; their events are waited for.',
      '첫 메일을 보내고 결과를 기다리고 있습니다.',
    ),
    faultText(
      'Nothing; it goes on when the wait is over.',
      '조치가 필요 없습니다. 대기가 끝나면 계속합니다.',
    ),
  ),
  canary_unproven: holdText(
    faultText(
      'The wait is over, and nothing was heard of the first mails.',
      '대기가 끝났지만 첫 메일의 결과가 오지 않았습니다.',
    ),
    faultText(
      'Check the way of events (configuration set, topic, queue); lift the hold when the first mails have arrived.',
      '이벤트 경로(구성 세트, 토픽, 큐)를 확인하십시오. 첫 메일이 도착했으면 보류를 해제하십시오.',
    ),
  ),
  bounce_rate: holdText(
    faultText('Too many of the last mails bounced.', '최근 메일의 반송률이 너무 높습니다.'),
    faultText(
      'Clean the addresses of the source, or suppress them; then lift the hold.',
      '데이터 소스의 주소를 정리하거나 수신 거부 목록에 넣은 뒤 보류를 해제하십시오.',
    ),
  ),
  complaint_rate: holdText(
    faultText('Too many readers called the last mails spam.', '최근 메일에 대한 스팸 신고가 너무 많습니다.'),
    faultText(
      'Find out why readers did not expect this mail, and mail only those who do; then lift the hold.',
      '수신자가 왜 원하지 않는지 확인하고 동의한 사람에게만 보내십시오. 그다음 보류를 해제하십시오.',
    ),
  ),
} as const satisfies Record<string, HoldText>;

/** What the words of the transports mean, as far as a person can do something about them. */
const STOPPED: readonly (readonly [RegExp, FaultText])[] = [
  [
    /^(AccountSuspended|SendingPaused)/,
    faultText(
      'The provider has stopped this account: answer its notice in the console of SES; then lift the hold.',
      '공급자가 계정의 발송을 중지했습니다. SES 콘솔의 안내에 답한 뒤 보류를 해제하십시오.',
    ),
  ],
  [
    /^(MailFromDomainNotVerified|MessageRejected)/,
    faultText(
      'Have the sender address or its domain verified in SES, or leave the sandbox; then lift the hold.',
      '발신 주소나 도메인을 SES에서 인증하거나 샌드박스를 해제한 뒤 보류를 해제하십시오.',
    ),
  ],
  [
    /^(ConfigurationSet|NotFound)/,
    faultText(
      'Create the configuration set that the settings name, or correct its name; then lift the hold.',
      '설정에 적힌 구성 세트를 만들거나 이름을 고친 뒤 보류를 해제하십시오.',
    ),
  ],
  [
    /^(CERT_|ERR_TLS|UNABLE_|SELF_SIGNED|DEPTH_ZERO)/,
    faultText(
      'Renew the certificate of the transport, or name its authority in the settings; then lift the hold.',
      '전송 시스템의 인증서를 갱신하거나 설정에 인증 기관을 지정한 뒤 보류를 해제하십시오.',
    ),
  ],
  [
    /^(UnrecognizedClient|Invalid|SignatureDoesNotMatch|Incomplete|Expired|Request|MissingAuthentication|AccessDenied|NotAuthorized|OptIn|Unauthorized|Credentials|EAUTH|http_40[137]|53[0458]\b)/,
    faultText(
      'Correct the key, the password or the rights with which Tank sends; then lift the hold.',
      'Tank가 발송에 쓰는 키, 비밀번호 또는 권한을 고친 뒤 보류를 해제하십시오.',
    ),
  ],
];

const STOPPED_BY = 'transport_stopped:';

interface ToldHold {
  readonly detail?: string;
  readonly mend?: string;
}

/** Nothing for what a person has written: that is a sentence already. */
export const describeHoldReason = (reason: string, facts: Facts, language: Language): ToldHold => {
  if (Object.hasOwn(HOLD_TEXTS, reason)) {
    const { detail, mend } = HOLD_TEXTS[reason as keyof typeof HOLD_TEXTS];
    return { detail: detail[language], mend: mend[language] };
  }
  if (reason.startsWith(STOPPED_BY)) return stoppedBy(reason.slice(STOPPED_BY.length), language);
  if (!isErrorCode(reason)) return {};
  const mend = describeMend(reason, facts, language);
  return { detail: describeError(reason, facts, language), ...(mend === undefined ? {} : { mend }) };
};

const stoppedBy = (code: string, language: Language): ToldHold => {
  const known = STOPPED.find(([pattern]) => pattern.test(code))?.[1];
  const mend = known ? fillFaultText(known, {}, language) : describeMend('transport_stopped', {}, language);
  return {
    detail: describeError('transport_stopped', { reason: code }, language),
    ...(mend === undefined ? {} : { mend }),
  };
};

/** What Tank may hold mail for; each has its texts. */
export type HoldReason = keyof typeof HOLD_TEXTS | `${typeof STOPPED_BY}${string}`;
