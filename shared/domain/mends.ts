import {
  describeError,
  ERRORS,
  type ErrorClass,
  type ErrorCode,
  type Facts,
  type Language,
} from './errors.ts';
import { type FaultText, faultText, fillFaultText } from './fault-text.ts';

/** What a person does about a fault that a run, a send or a definition can have. One sentence, an order. */
export const MENDS: Readonly<Partial<Record<ErrorCode, FaultText>>> = {
  address_invalid: faultText(
    'Correct the address in the source; the next run takes the recipient up again.',
    '데이터 소스에서 주소를 고치십시오. 다음 실행에서 다시 발송합니다.',
  ),
  key_invalid: faultText(
    'Correct the key in the source, or "recipients.keyPattern" of the automation.',
    '데이터 소스의 키 값 또는 자동화의 "recipients.keyPattern"을 고치십시오.',
  ),
  duplicate_row: faultText(
    'Nothing, one mail went out; to be rid of it, let the target query yield each recipient once.',
    '한 통은 발송되었으므로 조치가 필요 없습니다. 없애려면 대상 쿼리가 수신자마다 한 행만 내도록 고치십시오.',
  ),
  conflicting_addresses: faultText(
    'Find out which address is right and correct the source. Then settle the held sends as failed ("tank settle <run> --to failed") and start a new run; or only the wrong one, and the right one as pending.',
    '어느 주소가 맞는지 확인해 데이터 소스를 고치십시오. 그다음 보류된 건을 failed로 처리하고("tank settle <실행> --to failed") 새로 실행하거나, 틀린 건만 failed로, 맞는 건은 pending으로 처리하십시오.',
  ),
  public_url_missing: faultText(
    'Set TANK_PUBLIC_URL to the address under which readers reach this installation, and start it again.',
    'TANK_PUBLIC_URL에 수신자가 접속할 주소를 설정하고 다시 시작하십시오.',
  ),
  recipient_suppressed: faultText(
    'Nothing, as long as this person does not want mail or cannot get any; otherwise remove the address from the suppression list.',
    '수신을 원하지 않거나 받을 수 없는 주소라면 조치가 필요 없습니다. 아니면 수신 거부 목록에서 주소를 삭제하십시오.',
  ),
  recently_sent: faultText(
    'Nothing; to mail this person again, send again to one customer with a reason, or change "recipients.recurrence".',
    '조치가 필요 없습니다. 다시 보내려면 사유를 적어 개별 재발송하거나 "recipients.recurrence"를 바꾸십시오.',
  ),
  earlier_run_open: faultText(
    'Settle this recipient in run {run} first ("tank runs {run}" shows why it is open).',
    '먼저 실행 {run}에서 이 수신자를 처리하십시오("tank runs {run}"에서 이유를 볼 수 있습니다).',
  ),
  mapping_row_missing: faultText(
    'Add the row that the mapping {mapping} should find, or let the target query leave such recipients out.',
    '매핑 {mapping}이(가) 찾을 행을 데이터 소스에 추가하거나, 대상 쿼리에서 이 수신자를 제외하십시오.',
  ),
  mapping_row_ambiguous: faultText(
    'Let the query of the mapping {mapping} yield one row for each recipient; its WHERE lacks a condition, or the source holds a row twice.',
    '매핑 {mapping}의 쿼리가 수신자마다 한 행만 내도록 고치십시오. WHERE 조건이 부족하거나 같은 행이 두 번 있습니다.',
  ),
  value_missing: faultText(
    'Fill {variable} for this recipient in the source, or let the query give a value in its place (COALESCE).',
    '데이터 소스에 이 수신자의 {variable} 값을 넣거나, 쿼리에서 대신할 값을 주십시오(COALESCE).',
  ),
  value_unformattable: faultText(
    'Correct {variable} in the source, or its format in the template.',
    '데이터 소스의 {variable} 값이나 템플릿의 형식을 고치십시오.',
  ),
  attachment_unnamed: faultText(
    'Put the name of the file into the row of the target query and send to this customer again; where nobody must have a file, let the automation say attachments.faults.unnamed: send.',
    '대상 쿼리의 행에 파일 이름을 넣고 이 고객에게 다시 발송하십시오. 첨부가 필수가 아니면 자동화에 attachments.faults.unnamed: send 라고 적으십시오.',
  ),
  attachment_not_found: faultText(
    'Put the file that column {column} names into the folder of the run, under exactly the name that stands beside the send, and start a new run.',
    '발송 건 옆에 표시된 {column} 컬럼의 파일 이름 그대로 파일을 실행 폴더에 넣고 새로 실행하십시오.',
  ),
  attachment_duplicated: faultText(
    'Leave one of the files in the folder whose names differ by the case of their extension only, and start a new run.',
    '확장자의 대소문자만 다른 파일 중 하나만 폴더에 남기고 새로 실행하십시오.',
  ),
  attachment_invalid: faultText(
    'Put right what the reason names: the file of column {column}, its name or its rights; then start a new run.',
    '사유에 적힌 대로 {column} 컬럼의 파일이나 파일 이름, 권한을 바로잡고 새로 실행하십시오.',
  ),
  attachment_wrong_owner: faultText(
    'Stop and look: the name in column {column} does not carry this recipient. Correct the column or the name of the file; nothing was sent.',
    '먼저 확인하십시오. {column} 컬럼의 파일 이름에 이 수신자의 키가 없습니다. 컬럼 값이나 파일 이름을 고치십시오. 발송되지 않았습니다.',
  ),
  attachment_changed: faultText(
    'Find out who replaces files while they are sent, and start a new run; this mail was not sent.',
    '발송 중에 파일을 바꾼 작업을 찾고 새로 실행하십시오. 이 메일은 발송되지 않았습니다.',
  ),
  folder_refused: faultText(
    'Let the folder lie beneath TANK_FILE_ROOT, or beneath a prefix of TANK_S3_PREFIXES.',
    '폴더를 TANK_FILE_ROOT 아래 또는 TANK_S3_PREFIXES의 경로 아래에 두십시오.',
  ),
  folder_unreachable: faultText(
    'Make the folder readable; the run goes on by itself.',
    '폴더를 읽을 수 있게 하십시오. 실행은 자동으로 계속됩니다.',
  ),
  mail_too_large: faultText(
    'Make the attachments of this recipient smaller, or send a link instead.',
    '이 수신자의 첨부 파일을 줄이거나 링크로 대신하십시오.',
  ),
  mail_rejected: faultText(
    'Read the reason, mend the template or the sender address, and retry what failed.',
    '거부 사유를 확인해 템플릿이나 발신 주소를 고치고 실패 건을 다시 시도하십시오.',
  ),
  recipient_rejected: faultText(
    'Ask the recipient for another address and correct it in the source.',
    '수신자에게 다른 주소를 확인해 데이터 소스를 고치십시오.',
  ),
  transport_temporary: faultText(
    'Nothing while it is being retried; once it has failed, retry the failed sends when the transport is well again.',
    '재시도 중에는 조치가 필요 없습니다. 실패로 끝나면 전송 시스템이 복구된 뒤 다시 시도하십시오.',
  ),
  transport_unreached: faultText(
    'Check network, host and port of the transport; the mails wait, and go on by themselves when it answers.',
    '전송 시스템의 네트워크, 호스트, 포트를 확인하십시오. 메일은 대기하며 연결되면 자동으로 계속됩니다.',
  ),
  transport_throttled: faultText(
    'Nothing; the pace was cut, and it goes on.',
    '조치가 필요 없습니다. 속도를 낮추어 계속합니다.',
  ),
  transport_doubtful: faultText(
    "Wait for evidence; after that, settle the send by what the mail server's log says.",
    '확인 자료를 기다리십시오. 그 뒤에는 메일 서버 로그를 보고 발송 여부를 정하십시오.',
  ),
  transport_unconfigured: faultText(
    'Set {key}, or choose another transport.',
    '{key} 값을 설정하거나 다른 전송 방식을 선택하십시오.',
  ),
  transport_stopped: faultText(
    'Read the reason, mend the account or the sender identity, then lift the hold.',
    '사유를 확인해 계정이나 발신 주소를 고친 뒤 보류를 해제하십시오.',
  ),
  quota_exhausted: faultText(
    'Nothing; the run goes on when the quota frees. For more, ask the provider to raise it.',
    '조치가 필요 없습니다. 한도가 풀리면 계속합니다. 더 필요하면 한도 증설을 요청하십시오.',
  ),
  worker_stopped: faultText(
    'Nothing; evidence or the policy of the automation settles it.',
    '조치가 필요 없습니다. 확인 자료 또는 자동화의 정책에 따라 처리됩니다.',
  ),
  totals_disagree: faultText(
    "Report this with the run's number; the sends themselves are listed and right.",
    '실행 번호와 함께 신고하십시오. 개별 발송 내역은 정확합니다.',
  ),
  cancelled_by_person: faultText(
    'Nothing; start a new run to mail those that were left out.',
    '조치가 필요 없습니다. 남은 수신자에게 보내려면 새로 실행하십시오.',
  ),
  write_back_failed: faultText(
    'Mend the update query or its rights; it is tried again by itself, and the mails stay sent.',
    '업데이트 쿼리나 권한을 고치십시오. 자동으로 다시 시도하며 메일은 발송된 상태입니다.',
  ),
  write_back_missed: faultText(
    'Find out why the update query found no row for this key.',
    '업데이트 쿼리가 이 키의 행을 찾지 못한 이유를 확인하십시오.',
  ),
  unknown_source: faultText(
    'Apply a source of that name, or name another one.',
    '그 이름의 데이터 소스를 등록하거나 다른 소스를 지정하십시오.',
  ),
  source_unreachable: faultText(
    'Mend what the reason names; the run goes on by itself.',
    '사유에 적힌 문제를 해결하십시오. 실행은 자동으로 계속됩니다.',
  ),
  source_query_failed: faultText(
    'Correct the query or the rights of the account and apply the automation again. A held run goes on when its hold is lifted and the source is right again; otherwise cancel it and start a new one.',
    '쿼리나 계정 권한을 고치고 자동화를 다시 적용하십시오. 데이터 소스를 바로잡았으면 보류를 해제해 계속하고, 아니면 실행을 취소하고 새로 실행하십시오.',
  ),
  source_columns_missing: faultText(
    'Let the target query yield {column}, or name the column that it yields, and apply the automation again.',
    '대상 쿼리가 {column} 컬럼을 내도록 하거나, 있는 컬럼 이름으로 고쳐 자동화를 다시 적용하십시오.',
  ),
  source_too_mighty: faultText(
    'Have the rights revoked; the account needs SELECT, and UPDATE for the sent flag, and nothing else.',
    '권한을 회수하십시오. 계정에는 SELECT와 발송 표시용 UPDATE만 있으면 됩니다.',
  ),
  query_refused: faultText('Write the query as the reason demands.', '사유에 맞게 쿼리를 고치십시오.'),
  template_invalid: faultText(
    'Mend the template, or the query whose columns have changed, and apply the automation again.',
    '템플릿 또는 컬럼이 바뀐 쿼리를 고치고 자동화를 다시 적용하십시오.',
  ),
  invalid_definition: faultText('Mend the definition as the reason says.', '사유에 맞게 정의를 고치십시오.'),
  secret_refused: faultText(
    'Put the secret right as the reason says.',
    '사유에 맞게 비밀 정보를 고치십시오.',
  ),
  configuration_invalid: faultText('Mend the settings that are named.', '표시된 설정을 고치십시오.'),
  master_key_lost: faultText('Restore the key from the backup.', '백업에서 키를 복원하십시오.'),
  store_unavailable: faultText(
    'Mend what the reason names; work goes on by itself.',
    '사유에 적힌 문제를 해결하십시오. 작업은 자동으로 계속됩니다.',
  ),
  store_corrupt: faultText(
    'Restore the store from the backup. A damaged queue.db may simply be removed: its work is found again.',
    '백업에서 저장소를 복원하십시오. 손상된 queue.db는 삭제해도 됩니다. 남은 작업은 자동으로 다시 찾습니다.',
  ),
  store_missing: faultText(
    'Restore the store from the backup; for a new installation set TANK_DATA_DIR to an empty folder.',
    '백업에서 저장소를 복원하십시오. 새로 설치하려면 TANK_DATA_DIR을 빈 폴더로 설정하십시오.',
  ),
  audit_unavailable: faultText(
    'Mend what the reason names and do it again; nothing has happened.',
    '사유에 적힌 문제를 해결하고 다시 하십시오. 아직 아무 일도 하지 않았습니다.',
  ),
  block_list_stale: faultText(
    'Let the lists be fetched again ({lists}); the run goes on by itself.',
    '차단 목록({lists})을 다시 가져오게 하십시오. 실행은 자동으로 계속됩니다.',
  ),
  web_failed: faultText(
    'Check the address and the network to {host}; it is fetched again by itself.',
    '{host} 주소와 네트워크를 확인하십시오. 자동으로 다시 가져옵니다.',
  ),
  client_quota_exhausted: faultText(
    'Send the rest later, or let an administrator raise the limit with "tank clients change".',
    '나머지는 나중에 보내거나, 관리자가 "tank clients change"로 한도를 올리십시오.',
  ),
  message_unreadable: faultText(
    'Correct the message as the reason says and send it with a new idempotency key.',
    '사유에 적힌 대로 메시지를 고쳐 새 멱등 키로 보내십시오.',
  ),
  internal: faultText(
    'Report this with the number of the request or run.',
    '요청 또는 실행 번호와 함께 신고하십시오.',
  ),
};

export const describeMend = (code: ErrorCode, facts: Facts, language: Language): string | undefined => {
  const mend = MENDS[code];
  return mend && fillFaultText(mend, facts, language);
};

interface Fault {
  readonly code: ErrorCode;
  readonly class: ErrorClass;
  readonly facts: Facts;
}

/** A fault as people are told of it: what it is, and what to do. */
export const describeFault = ({ code, class: errorClass, facts }: Fault, language: Language) => {
  const mend = describeMend(code, facts, language);
  return {
    code,
    class: errorClass,
    detail: describeError(code, facts, language),
    facts,
    ...(mend === undefined ? {} : { mend }),
  };
};

/** The texts of a code where no single fault is meant. */
export const describeCode = (code: ErrorCode, language: Language) => {
  const mend = MENDS[code]?.[language];
  const detail = ERRORS[code][language];
  return { detail: withoutFacts(detail), ...(mend === undefined ? {} : { mend: withoutFacts(mend) }) };
};

const withoutFacts = (text: string): string => text.replace(/\{\w+\}/g, '…');
