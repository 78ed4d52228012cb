import { ADDRESS_FAULTS, type AddressFault } from './address.ts';
import type { Facts, FieldFault, Language } from './errors.ts';
import { type FaultText, faultText } from './fault-text.ts';

/** What can be wrong with the form of a definition or of a request. A schema names the code; the caller reads the text. */
export const FORM_FAULTS = {
  ...(ADDRESS_FAULTS satisfies Record<AddressFault, FaultText>),
  missing: faultText('is missing', '값이 없습니다'),
  unknown_key: faultText(
    'is unknown; known are {known}',
    '알 수 없는 항목입니다. 사용할 수 있는 항목: {known}',
  ),
  unknown_key_near: faultText(
    'is unknown; did you mean {nearest}?',
    '알 수 없는 항목입니다. {nearest}을(를) 쓰려고 하셨습니까?',
  ),
  no_mapping: faultText('a document holds keys and values', '문서는 키와 값으로 이루어져야 합니다'),
  no_kind: faultText(
    'a document has the key "source" or "automation"',
    '문서에 "source" 또는 "automation" 키가 있어야 합니다',
  ),
  unknown_organisation: faultText('there is no organisation of this name', '이런 이름의 조직이 없습니다'),
  name_form: faultText(
    'a name begins with a letter or digit; then letters, digits, blank . _ -',
    '이름은 글자나 숫자로 시작하고 글자, 숫자, 공백, . _ -만 쓸 수 있습니다',
  ),
  column_form: faultText(
    'a column name, as the query yields it',
    '쿼리 결과에 나오는 컬럼 이름이어야 합니다',
  ),
  secret_form: faultText(
    'the name of a secret, not the secret itself',
    '비밀 정보 자체가 아니라 그 이름을 쓰십시오',
  ),
  user_in_url: faultText(
    'a user name or password in the address would be shown to everybody who sees the list',
    '주소에 사용자 이름이나 비밀번호를 넣지 마십시오. 목록을 보는 모든 사람에게 보입니다',
  ),
  password_in_url: faultText(
    'the password belongs into the secret store: name it in "secret"',
    '비밀번호는 비밀 저장소에 두고 "secret"에 그 이름을 쓰십시오',
  ),
  delimiter_form: faultText(
    'one character such as , ; | or a tab',
    ', ; | 또는 탭과 같은 문자 하나여야 합니다',
  ),
  pattern_form: faultText(
    'a regular expression such as ^[0-9]{10}$',
    '^[0-9]{10}$와 같은 정규식이어야 합니다',
  ),
  recurrence_form: faultText('new, all, or once-per-30d', 'new, all 또는 once-per-30d와 같이 쓰십시오'),
  mapping_reserved: faultText(
    'TARGET stands for the target query; choose another name',
    'TARGET은 대상 쿼리를 뜻하는 이름입니다. 다른 이름을 쓰십시오',
  ),
  mapping_twice: faultText('another mapping has the name {name}', '{name}(이)라는 매핑이 이미 있습니다'),
  folder_braces: faultText(
    'in braces stand root or a date such as {yyyyMMdd}',
    '중괄호 안에는 root 또는 {yyyyMMdd}와 같은 날짜만 쓸 수 있습니다',
  ),
  folder_climbs: faultText('a folder must not climb with ..', '폴더 경로에 ..을 쓸 수 없습니다'),
  owner_form: faultText(
    'a column in braces, such as {CUST_ID}',
    '{CUST_ID}와 같이 중괄호 안에 컬럼 이름을 쓰십시오',
  ),
  wait_form: faultText('a time such as 10m', '10m과 같은 시간이어야 합니다'),
  csv_only: faultText(
    'only a csv source has {field}; kind is {kind}',
    '{field}은(는) csv 데이터 소스에만 쓸 수 있습니다. 현재 kind: {kind}',
  ),
  html_twice: faultText(
    'mail.html and mail.htmlFile exclude each other',
    'mail.html과 mail.htmlFile은 함께 쓸 수 없습니다',
  ),
  html_file_here: faultText(
    'is read by "tank apply" only; here its text is expected as mail.html',
    '"tank apply"에서만 읽습니다. 여기서는 내용을 mail.html에 쓰십시오',
  ),
  advertising_binds: faultText(
    'advertising mail must let its readers unsubscribe',
    '광고성 메일은 수신 거부를 제공해야 합니다',
  ),
  when_missing: faultText('choose one of {kinds}', '{kinds} 중 하나를 선택하십시오'),
  when_several: faultText('{kinds} exclude each other', '{kinds}은(는) 함께 쓸 수 없습니다'),
  window_form: faultText('a window such as 08:00-21:00', '08:00-21:00과 같은 시간대여야 합니다'),
  window_bad: faultText(
    '"{window}" is not a window such as 08:00-21:00',
    '"{window}"은(는) 08:00-21:00과 같은 시간대가 아닙니다',
  ),
  window_empty: faultText('a window must not end when it begins', '시간대의 시작과 끝이 같을 수 없습니다'),
  zone_bad: faultText('"{zone}" is not a time zone', '"{zone}"은(는) 시간대 이름이 아닙니다'),
  clock_bad: faultText('"{at}" is not a time such as 08:30', '"{at}"은(는) 08:30과 같은 시각이 아닙니다'),
  moment_bad: faultText(
    '"{at}" is not a date and time such as 2026-03-05T08:30',
    '"{at}"은(는) 2026-03-05T08:30과 같은 날짜와 시각이 아닙니다',
  ),
  day_bad: faultText('the day is 1 to 31', '날짜는 1부터 31까지입니다'),
  cron_fields: faultText(
    'it needs five fields: minute hour day month weekday',
    '분 시 일 월 요일의 다섯 항목이 필요합니다',
  ),
  cron_part: faultText(
    '"{part}" does not fit the field {name}',
    '"{part}"은(는) {name} 항목에 쓸 수 없습니다',
  ),
  id_stays: faultText('is not {id}', '{id}이(가) 아닙니다'),
  name_stays: faultText(
    "is the source's id and stays {name}",
    '데이터 소스의 id이므로 {name}에서 바꿀 수 없습니다',
  ),
  no_such_day: faultText('there is no such day', '없는 날짜입니다'),
  day_twice: faultText('is there twice', '두 번 들어 있습니다'),
  range_twice: faultText('range and from/to exclude each other', 'range와 from/to는 함께 쓸 수 없습니다'),
  range_backwards: faultText('from lies before to', 'from은 to보다 앞이어야 합니다'),
  range_long: faultText('a report covers 93 days at most', '보고서 기간은 최대 93일입니다'),
  ruling_form: faultText(
    'expected: send,to[,reason] with to of {tos}',
    'send,to[,reason] 형식이어야 합니다. to에 쓸 수 있는 값: {tos}',
  ),
  error_code: faultText('a code of the list of errors', '오류 목록에 있는 코드여야 합니다'),
  etag_form: faultText(
    'the ETag of the version that you have seen, such as "3"',
    '확인한 버전의 ETag여야 합니다. 예: "3"',
  ),
  cursor_changed: faultText(
    'take nextCursor of the page before, unchanged',
    '이전 페이지의 nextCursor를 그대로 쓰십시오',
  ),
  address_range: faultText('not an address or range', '주소 또는 주소 대역이 아닙니다'),
} as const satisfies Record<string, FaultText>;

export type FormFaultCode = keyof typeof FORM_FAULTS;

/** Braces that no fact fills are an example's own, such as {yyyyMMdd}. */
export const describeFormFault = (code: FormFaultCode, facts: Facts, language: Language): string =>
  FORM_FAULTS[code][language].replace(/\{(\w+)\}/g, (braces, name: string) => String(facts[name] ?? braces));

export const formFault = (
  field: string,
  code: FormFaultCode,
  language: Language,
  facts: Facts = {},
): FieldFault => ({ field, problem: describeFormFault(code, facts, language) });

export const isFormFault = (text: string): text is FormFaultCode => Object.hasOwn(FORM_FAULTS, text);

/** For a schema, whose messages have no language yet. */
export const said = (code: FormFaultCode): string => code;
