import { KOREAN_NOUNS } from './nouns.ts';

/**
 * Every fault that Tank names. A fault has a stable code, a class (what is at fault), a disposition
 * (what the caller does next) and one sentence in each language. Nothing else is ever shown to a caller.
 */
export const ERROR_CLASSES = [
  'recipient',
  'content',
  'attachment',
  'source',
  'transport',
  'quota',
  'config',
  'request',
  'access',
  'missing',
  'conflict',
  'store',
  'internal',
] as const;
export type ErrorClass = (typeof ERROR_CLASSES)[number];

/** retry: soon, counts as an attempt · defer: later, costs nothing · drop: this one never · stop: the whole run */
export type Disposition = 'retry' | 'defer' | 'drop' | 'stop';

interface ErrorEntry {
  readonly class: ErrorClass;
  readonly disposition: Disposition;
  readonly en: string;
  readonly ko: string;
}

const entry = (errorClass: ErrorClass, disposition: Disposition, en: string, ko: string): ErrorEntry => ({
  class: errorClass,
  disposition,
  en,
  ko,
});

/** `{name}` in a text is filled from the error's `facts`; facts never hold personal data. */
export const ERRORS = {
  malformed_json: entry('request', 'drop', 'The body is not valid JSON.', '본문이 올바른 JSON이 아닙니다.'),
  wrong_content_type: entry(
    'request',
    'drop',
    'Send the body as {expected}.',
    '본문은 {expected} 형식으로 보내야 합니다.',
  ),
  body_too_large: entry(
    'request',
    'drop',
    'The body exceeds the limit of {limit} bytes.',
    '본문이 허용 크기 {limit}바이트를 넘었습니다.',
  ),
  reply_too_large: entry(
    'request',
    'drop',
    'The reply exceeds {limit} bytes, which is all that this host can carry; narrow it with the filters.',
    '응답이 이 환경에서 전달할 수 있는 {limit}바이트를 넘습니다. 조건으로 범위를 줄이십시오.',
  ),
  malformed_path: entry(
    'request',
    'drop',
    'The path is not correctly percent-encoded.',
    '경로의 퍼센트 인코딩이 올바르지 않습니다.',
  ),
  invalid_request: entry(
    'request',
    'drop',
    'The request has faults; see "errors".',
    '요청에 오류가 있습니다. "errors"를 확인하십시오.',
  ),
  request_timeout: entry(
    'request',
    'drop',
    'The request did not arrive within {seconds} seconds.',
    '요청이 {seconds}초 안에 도착하지 않았습니다.',
  ),
  unknown_route: entry('missing', 'drop', 'There is nothing at this path.', '이 경로에는 아무것도 없습니다.'),
  wrong_method: entry(
    'request',
    'drop',
    'This path takes {allowed}.',
    '이 경로는 {allowed} 메서드만 받습니다.',
  ),
  not_found: entry('missing', 'drop', 'There is no such {what}.', '해당 {what}을(를) 찾을 수 없습니다.'),
  unauthenticated: entry('access', 'drop', 'Sign in first.', '먼저 로그인하십시오.'),
  wrong_credentials: entry(
    'access',
    'drop',
    'The name or the password is not right, or the account is locked.',
    '이름 또는 비밀번호가 맞지 않거나 계정이 잠겨 있습니다.',
  ),
  forbidden: entry('access', 'drop', 'You are not allowed to do this.', '이 작업을 할 권한이 없습니다.'),
  password_change_required: entry(
    'access',
    'drop',
    'Replace the one-time password first.',
    '먼저 일회용 비밀번호를 변경하십시오.',
  ),
  too_many_requests: entry(
    'access',
    'defer',
    'Too many requests; try again in {seconds} seconds.',
    '요청이 너무 많습니다. {seconds}초 뒤에 다시 시도하십시오.',
  ),
  sign_in_again: entry(
    'access',
    'drop',
    'Confirm who you are first: sign in again, or confirm the session.',
    '본인 확인이 필요합니다. 다시 로그인하거나 세션을 확인하십시오.',
  ),
  second_factor_required: entry(
    'access',
    'drop',
    'Give the code of the second factor as well.',
    '2단계 인증 코드를 함께 입력하십시오.',
  ),
  second_factor_enrolment_required: entry(
    'access',
    'drop',
    'Set up a second factor first.',
    '먼저 2단계 인증을 등록하십시오.',
  ),
  captcha_required: entry(
    'access',
    'drop',
    'Solve the puzzle and send its answer as captcha.',
    '자동 입력 방지 문자를 확인하고 captcha에 응답을 담아 보내십시오.',
  ),
  csrf_refused: entry(
    'access',
    'drop',
    'The request does not come from a page of Tank: Origin or X-CSRF-Token is not right.',
    'Tank 화면에서 보낸 요청이 아닙니다. Origin 또는 X-CSRF-Token이 올바르지 않습니다.',
  ),
  provider_refused: entry(
    'access',
    'drop',
    'The sign-in by {provider} is refused: {reason}.',
    '{provider} 로그인을 사용할 수 없습니다: {reason}.',
  ),
  audit_unavailable: entry(
    'store',
    'defer',
    'This act must be recorded, and the audit cannot be written now: {reason}.',
    '이 작업은 감사 기록이 필요하지만 지금 기록할 수 없습니다: {reason}.',
  ),
  client_certificate_required: entry(
    'access',
    'drop',
    'Only systems that show a client certificate may call this.',
    '클라이언트 인증서를 제시하는 시스템만 호출할 수 있습니다.',
  ),
  client_refused: entry(
    'access',
    'drop',
    'This client may not do that; whoever runs Tank finds the reason in the audit under the request id.',
    '이 클라이언트에 허용되지 않은 요청입니다. 사유는 요청 번호로 감사 기록에서 확인할 수 있습니다.',
  ),
  client_quota_exhausted: entry(
    'quota',
    'defer',
    'This client has used up its {limit} for now.',
    '이 클라이언트의 {limit} 한도를 모두 사용했습니다.',
  ),
  client_conflict: entry(
    'conflict',
    'drop',
    'There is a client of this id, another client has one of the identities, or somebody else was faster.',
    '같은 ID의 클라이언트가 있거나, 다른 클라이언트가 같은 식별자를 쓰거나, 다른 사람이 먼저 수정했습니다.',
  ),
  message_unreadable: entry(
    'content',
    'drop',
    'The message cannot be taken: {reason}.',
    '메시지를 처리할 수 없습니다: {reason}.',
  ),
  idempotency_conflict: entry(
    'conflict',
    'drop',
    'This Idempotency-Key was used with another request.',
    '이 Idempotency-Key는 다른 요청에 이미 사용되었습니다.',
  ),
  run_already_live: entry(
    'conflict',
    'drop',
    'Run {run} of this automation has not ended yet.',
    '이 자동화의 실행 {run}이(가) 아직 끝나지 않았습니다.',
  ),
  illegal_move: entry(
    'conflict',
    'drop',
    'A {what} cannot go from {from} to {to}.',
    '{what}은(는) {from}에서 {to}(으)로 바뀔 수 없습니다.',
  ),
  approval_by_another: entry(
    'access',
    'drop',
    'Another person must approve: neither who started the run nor who edited this version of its automation.',
    '다른 사람이 승인해야 합니다. 실행을 시작한 사람과 이 버전을 편집한 사람은 승인할 수 없습니다.',
  ),
  plan_changed: entry(
    'conflict',
    'drop',
    'Run {run} is not what was looked at: its plan is another, or it waits for no approval any more.',
    '실행 {run}의 계획이 확인한 내용과 다르거나 더 이상 승인을 기다리지 않습니다.',
  ),
  approval_rejected: entry(
    'request',
    'drop',
    'The run was rejected by {by}: {reason}',
    '{by}이(가) 실행을 반려했습니다: {reason}',
  ),
  send_not_repeatable: entry(
    'conflict',
    'drop',
    'Send {send} cannot be sent again: it is {state} and its run is {run}. A send is repeated after its run has ended, when it was sent, has failed, or was skipped for its attachment.',
    '발송 {send}은(는) 다시 보낼 수 없습니다. 발송 상태는 {state}, 실행 상태는 {run}입니다. 실행이 끝난 뒤 발송되었거나 실패했거나 첨부 때문에 제외된 건만 다시 보낼 수 있습니다.',
  ),
  other_address_open: entry(
    'conflict',
    'drop',
    'Another send of this run is for the same recipient at another address, and it was sent or may still be. Settle that one as failed first.',
    '같은 실행에 이 수신자의 다른 주소로 가는 발송이 있고, 이미 발송되었거나 아직 발송될 수 있습니다. 먼저 그 발송을 failed로 처리하십시오.',
  ),
  invalid_message: entry(
    'request',
    'drop',
    'The queue message is not one that this version understands: {reason}.',
    '이 버전이 이해하지 못하는 큐 메시지입니다: {reason}.',
  ),
  invalid_definition: entry(
    'config',
    'stop',
    'The definition has faults: {reason}.',
    '정의에 오류가 있습니다: {reason}.',
  ),
  definition_changed: entry(
    'conflict',
    'retry',
    'Somebody else changed the definition at the same moment.',
    '다른 사용자가 같은 시각에 정의를 변경했습니다.',
  ),
  name_taken: entry(
    'conflict',
    'drop',
    'The name belongs to another {what}.',
    '이미 다른 {what}에서 사용하는 이름입니다.',
  ),
  still_in_use: entry(
    'conflict',
    'drop',
    'The {what} is still in use: {by}.',
    '{what}을(를) 아직 사용 중입니다: {by}.',
  ),
  unknown_source: entry(
    'config',
    'stop',
    'There is no source named {source}.',
    '{source}(이)라는 데이터 소스가 없습니다.',
  ),
  source_unreachable: entry(
    'source',
    'defer',
    'The source {source} cannot be reached: {reason}.',
    '데이터 소스 {source}에 연결할 수 없습니다: {reason}.',
  ),
  source_query_failed: entry(
    'source',
    'stop',
    'A query of the source {source} failed: {reason}.',
    '데이터 소스 {source}의 쿼리가 실패했습니다: {reason}.',
  ),
  source_too_mighty: entry(
    'config',
    'stop',
    'The account of the source {source} may do more than Tank needs ({privileges}); take these rights away, or say in "waiver" of the source why it may keep them.',
    '데이터 소스 {source} 계정의 권한이 필요 이상입니다({privileges}). 권한을 회수하거나 소스 정의의 "waiver"에 사유를 적으십시오.',
  ),
  test_address_refused: entry(
    'request',
    'drop',
    'A test mail goes to an address of {domains} only; TANK_TEST_DOMAINS names further domains.',
    '시험 메일은 {domains} 주소로만 보낼 수 있습니다. TANK_TEST_DOMAINS에 도메인을 추가할 수 있습니다.',
  ),
  source_columns_missing: entry(
    'source',
    'stop',
    'The target query yields no column {column}.',
    '대상 쿼리에 {column} 컬럼이 없습니다.',
  ),
  query_refused: entry(
    'config',
    'stop',
    'The {query} query is refused: {reason}.',
    '{query} 쿼리를 사용할 수 없습니다: {reason}.',
  ),
  template_invalid: entry(
    'config',
    'stop',
    'The template cannot be used: {reason}.',
    '템플릿을 사용할 수 없습니다: {reason}.',
  ),
  mapping_row_missing: entry(
    'content',
    'drop',
    'The mapping {mapping} found no row for this recipient.',
    '매핑 {mapping}에서 이 수신자의 행을 찾지 못했습니다.',
  ),
  mapping_row_ambiguous: entry(
    'content',
    'drop',
    'The mapping {mapping} found more than one row for this recipient.',
    '매핑 {mapping}에서 이 수신자의 행이 둘 이상 나왔습니다.',
  ),
  value_missing: entry(
    'content',
    'drop',
    'The value {variable} is missing for this recipient.',
    '이 수신자의 {variable} 값이 없습니다.',
  ),
  value_unformattable: entry(
    'content',
    'drop',
    'The value {variable} cannot be shown as {format}.',
    '{variable} 값을 {format} 형식으로 표시할 수 없습니다.',
  ),
  address_invalid: entry(
    'recipient',
    'drop',
    'The address is not a valid mail address: {reason}.',
    '올바른 메일 주소가 아닙니다: {reason}.',
  ),
  key_invalid: entry(
    'recipient',
    'drop',
    'The recipient key does not match the pattern of the automation.',
    '수신자 키가 자동화에 정한 형식과 다릅니다.',
  ),
  duplicate_row: entry(
    'recipient',
    'drop',
    'The same recipient occurs more than once; one mail goes out.',
    '같은 수신자가 두 번 이상 있어 한 통만 발송합니다.',
  ),
  conflicting_addresses: entry(
    'recipient',
    'drop',
    'The same recipient key occurs with different addresses; a person must decide.',
    '같은 수신자 키에 서로 다른 주소가 있습니다. 담당자의 확인이 필요합니다.',
  ),
  recipient_suppressed: entry(
    'recipient',
    'drop',
    'The address is on the suppression list ({reason}).',
    '수신 거부 목록에 있는 주소입니다({reason}).',
  ),
  recently_sent: entry(
    'recipient',
    'drop',
    'This recipient was mailed before, and the automation sends {recurrence}.',
    '이미 발송한 수신자이며 자동화의 반복 설정은 {recurrence}입니다.',
  ),
  earlier_run_open: entry(
    'recipient',
    'drop',
    'An earlier run ({run}) still has this recipient open: {state}.',
    '이전 실행({run})에서 이 수신자가 아직 처리 중입니다: {state}.',
  ),
  attachment_unnamed: entry(
    'attachment',
    'drop',
    'No column of the recipient names an attachment.',
    '수신자의 어느 컬럼에도 첨부 파일 이름이 없습니다.',
  ),
  attachment_not_found: entry(
    'attachment',
    'drop',
    'The attachment of column {column} was not found.',
    '{column} 컬럼의 첨부 파일을 찾지 못했습니다.',
  ),
  attachment_duplicated: entry(
    'attachment',
    'stop',
    'The attachment of column {column} exists more than once.',
    '{column} 컬럼의 첨부 파일이 둘 이상 있습니다.',
  ),
  attachment_invalid: entry(
    'attachment',
    'stop',
    'The attachment of column {column} is not usable: {reason}.',
    '{column} 컬럼의 첨부 파일을 사용할 수 없습니다: {reason}.',
  ),
  attachment_wrong_owner: entry(
    'attachment',
    'stop',
    'The attachment of column {column} does not belong to this recipient.',
    '{column} 컬럼의 첨부 파일이 이 수신자의 것이 아닙니다.',
  ),
  attachment_changed: entry(
    'attachment',
    'drop',
    'The attachment of column {column} changed after it was checked.',
    '{column} 컬럼의 첨부 파일이 확인 후 변경되었습니다.',
  ),
  folder_refused: entry(
    'config',
    'stop',
    'The folder is refused: {reason}.',
    '폴더를 사용할 수 없습니다: {reason}.',
  ),
  folder_unreachable: entry(
    'attachment',
    'defer',
    'The attachment folder {folder} cannot be read: {reason}.',
    '첨부 폴더 {folder}을(를) 읽을 수 없습니다: {reason}.',
  ),
  mail_too_large: entry(
    'content',
    'drop',
    'The mail has {size} bytes; at most {limit} are allowed.',
    '메일 크기가 {size}바이트로, 허용 한도 {limit}바이트를 넘었습니다.',
  ),
  mail_rejected: entry(
    'content',
    'drop',
    'The transport refused the mail: {reason}.',
    '전송 시스템이 메일을 거부했습니다: {reason}.',
  ),
  recipient_rejected: entry(
    'recipient',
    'drop',
    'The transport refused the recipient: {reason}.',
    '전송 시스템이 수신자를 거부했습니다: {reason}.',
  ),
  transport_temporary: entry(
    'transport',
    'retry',
    'The transport could not take the mail now: {reason}.',
    '전송 시스템이 일시적으로 메일을 받지 못했습니다: {reason}.',
  ),
  transport_unreached: entry(
    'transport',
    'retry',
    'The transport could not be reached: {reason}.',
    '전송 시스템에 연결하지 못했습니다: {reason}.',
  ),
  transport_throttled: entry(
    'transport',
    'defer',
    'The transport asks for a slower pace.',
    '전송 시스템이 속도를 낮추도록 요청했습니다.',
  ),
  transport_doubtful: entry(
    'transport',
    'drop',
    'Whether the transport took the mail is not known: {reason}.',
    '전송 시스템이 메일을 받았는지 알 수 없습니다: {reason}.',
  ),
  transport_unconfigured: entry(
    'config',
    'stop',
    'The transport {transport} is not configured: {key} is missing.',
    '전송 방식 {transport}이(가) 설정되지 않았습니다. {key} 값이 없습니다.',
  ),
  transport_stopped: entry(
    'transport',
    'stop',
    'The transport refuses to send at all: {reason}.',
    '전송 시스템이 발송 자체를 거부했습니다: {reason}.',
  ),
  quota_exhausted: entry(
    'quota',
    'defer',
    'The daily quota is used up.',
    '일일 발송 한도를 모두 사용했습니다.',
  ),
  worker_stopped: entry(
    'internal',
    'defer',
    'The worker stopped in the middle of the call.',
    '발송 중에 작업 프로세스가 중단되었습니다.',
  ),
  totals_disagree: entry(
    'internal',
    'stop',
    'The totals of the run do not add up: {reason}.',
    '실행의 합계가 맞지 않습니다: {reason}.',
  ),
  settled_by_person: entry(
    'request',
    'drop',
    '{by} decided: {reason}.',
    '{by}이(가) 결정했습니다: {reason}.',
  ),
  run_closed: entry(
    'conflict',
    'drop',
    'The run is {state}; it takes no mails any more.',
    '실행이 {state} 상태여서 더 이상 메일을 보낼 수 없습니다.',
  ),
  cancelled_by_person: entry('request', 'drop', 'The run was cancelled.', '실행이 취소되었습니다.'),
  write_back_failed: entry(
    'source',
    'retry',
    'The update query failed: {reason}.',
    '업데이트 쿼리가 실패했습니다: {reason}.',
  ),
  write_back_missed: entry(
    'source',
    'retry',
    'The update query changed no row for this recipient.',
    '업데이트 쿼리가 이 수신자의 행을 변경하지 않았습니다.',
  ),
  store_unavailable: entry(
    'store',
    'defer',
    'The store cannot be used now: {reason}.',
    '저장소를 지금 사용할 수 없습니다: {reason}.',
  ),
  store_corrupt: entry(
    'store',
    'stop',
    'The store {file} is damaged; a copy was put at {copy}.',
    '저장소 {file}이(가) 손상되었습니다. 사본을 {copy}에 두었습니다.',
  ),
  store_missing: entry(
    'store',
    'stop',
    'The store {file} is gone or empty, although this folder had one: who was mailed would be forgotten.',
    '이 폴더에 있던 저장소 {file}이(가) 없거나 비어 있습니다. 그대로 시작하면 누구에게 발송했는지 알 수 없게 됩니다.',
  ),
  configuration_invalid: entry('config', 'stop', 'The configuration has faults.', '설정에 오류가 있습니다.'),
  master_key_lost: entry(
    'config',
    'stop',
    'The master key {key} is missing. What it encrypted cannot be read without it: put the folder "keys" or TANK_MASTER_KEY back from your backup.',
    '마스터 키 {key}이(가) 없습니다. 이 키로 암호화한 데이터는 키 없이 읽을 수 없습니다. 백업에서 "keys" 폴더 또는 TANK_MASTER_KEY를 복원하십시오.',
  ),
  secret_refused: entry(
    'config',
    'stop',
    'The secret {name} cannot be used: {reason}.',
    '비밀 정보 {name}을(를) 사용할 수 없습니다: {reason}.',
  ),
  notification_refused: entry(
    'access',
    'drop',
    'The notification is refused: {reason}.',
    '알림을 받아들일 수 없습니다: {reason}.',
  ),
  public_url_missing: entry(
    'config',
    'stop',
    'Mail that may be declined needs TANK_PUBLIC_URL, the address under which its readers reach this installation.',
    '수신 거부가 가능한 메일에는 수신자가 접속할 주소인 TANK_PUBLIC_URL 설정이 필요합니다.',
  ),
  block_list_stale: entry(
    'config',
    'defer',
    'The block lists {lists} are not known or older than a day; nothing is sent without them.',
    '차단 목록 {lists}이(가) 없거나 하루 이상 지났습니다. 목록이 갱신될 때까지 발송하지 않습니다.',
  ),
  web_failed: entry(
    'transport',
    'defer',
    'The address at {host} could not be fetched: {reason}.',
    '{host} 주소를 가져오지 못했습니다: {reason}.',
  ),
  internal: entry(
    'internal',
    'retry',
    'Something went wrong here; the request id names it in the log.',
    '내부 오류가 발생했습니다. 요청 번호로 로그를 확인할 수 있습니다.',
  ),
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof ERRORS;
export type Facts = Readonly<Record<string, string | number>>;
export type Language = 'ko' | 'en';

export interface FieldFault {
  readonly field: string;
  readonly problem: string;
}

export class TankError extends Error {
  override readonly name = 'TankError';
  readonly code: ErrorCode;
  readonly facts: Facts;
  readonly fields: readonly FieldFault[];

  constructor(
    code: ErrorCode,
    facts: Facts = {},
    options: { cause?: unknown; fields?: readonly FieldFault[] } = {},
  ) {
    super(describeError(code, facts, 'en'), options.cause === undefined ? {} : { cause: options.cause });
    this.code = code;
    this.facts = facts;
    this.fields = options.fields ?? [];
  }

  get class(): ErrorClass {
    return ERRORS[this.code].class;
  }

  get disposition(): Disposition {
    return ERRORS[this.code].disposition;
  }
}

export const describeError = (code: ErrorCode, facts: Facts, language: Language): string =>
  ERRORS[code][language].replace(/\{(\w+)\}/g, (_, name: string) => {
    const fact = String(facts[language === 'ko' ? `${name}_ko` : name] ?? facts[name] ?? '?');
    return language === 'ko' && name === 'what' ? (KOREAN_NOUNS[fact] ?? fact) : fact;
  });

/** A reason that is told in the reader's language. */
export const bothLanguages = (text: Readonly<Record<Language, string>>): Facts => ({
  reason: text.en,
  reason_ko: text.ko,
});

export const isErrorCode = (value: string): value is ErrorCode => Object.hasOwn(ERRORS, value);

/** What an unknown thrown value means here: itself when it is ours, `internal` with the cause otherwise. */
export const toTankError = (thrown: unknown): TankError =>
  thrown instanceof TankError ? thrown : new TankError('internal', {}, { cause: thrown });
