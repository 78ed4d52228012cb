import type { Facts, Language } from '../errors.ts';
import { type FaultText, faultText, fillFaultText } from '../fault-text.ts';

/** Why a query is refused. */
export const QUERY_FAULTS = {
  empty: faultText('it is empty', '비어 있습니다'),
  too_long: faultText('it has more than {limit} characters', '{limit}자를 넘습니다'),
  unterminated: faultText('a {what} is not closed', '닫히지 않은 {what}이(가) 있습니다'),
  control_character: faultText(
    'it has the invisible character {character}',
    '보이지 않는 문자 {character}이(가) 있습니다',
  ),
  look_alike: faultText(
    'the character {character} only looks like one of SQL; type it again',
    '문자 {character}은(는) SQL 문자와 비슷해 보일 뿐입니다. 다시 입력하십시오',
  ),
  foreign_bind: faultText(
    '{bind} is no bind of Tank; write :COLUMN or ?',
    '{bind}은(는) 쓸 수 없습니다. :컬럼 또는 ?로 쓰십시오',
  ),
  foreign_literal: faultText(
    'the literal {literal} is not supported',
    '리터럴 {literal}은(는) 지원하지 않습니다',
  ),
  two_statements: faultText('it holds more than one statement', '문장이 둘 이상입니다'),
  parentheses: faultText('the parentheses do not pair', '괄호의 짝이 맞지 않습니다'),
  not_a_select: faultText('it is not a SELECT', 'SELECT 문이 아닙니다'),
  not_an_update: faultText('it is not an UPDATE', 'UPDATE 문이 아닙니다'),
  changes_data: faultText('{word} would change data', '{word}은(는) 데이터를 변경합니다'),
  changes_schema: faultText(
    '{word} would change the schema or rights',
    '{word}은(는) 스키마나 권한을 변경합니다',
  ),
  program: faultText('{word} begins a program, not a query', '{word}은(는) 쿼리가 아닌 프로그램입니다'),
  into: faultText('INTO would write somewhere', 'INTO는 다른 곳에 기록합니다'),
  locks_rows: faultText('FOR {word} would lock rows', 'FOR {word}은(는) 행을 잠급니다'),
  database_link: faultText('a database link (@) leaves the source', '데이터베이스 링크(@)는 쓸 수 없습니다'),
  side_effect: faultText('{name} has side effects', '{name}은(는) 부수 효과가 있습니다'),
  no_set: faultText('it has no SET', 'SET이 없습니다'),
  no_where: faultText('it has no WHERE and would change every row', 'WHERE가 없어 모든 행이 변경됩니다'),
  where_without_key: faultText(
    'its WHERE does not demand column = :{key} (joined by AND)',
    'WHERE에 컬럼 = :{key} 조건이 (AND로) 없습니다',
  ),
  not_repeatable: faultText(
    'SET reads {column}, which it also writes; a second run would change it again',
    'SET에서 {column}을(를) 읽으면서 씁니다. 다시 실행하면 값이 또 바뀝니다',
  ),
  returning: faultText('RETURNING is not supported', 'RETURNING은 지원하지 않습니다'),
} as const satisfies Record<string, FaultText>;

export type QueryFaultCode = keyof typeof QUERY_FAULTS;

export interface QueryFault {
  readonly code: QueryFaultCode;
  /** Offset in the query. */
  readonly at: number;
  readonly facts: Facts;
}

export const queryFault = (code: QueryFaultCode, at: number, facts: Facts = {}): QueryFault => ({
  code,
  at,
  facts,
});

export const describeQueryFault = (fault: QueryFault, language: Language): string =>
  fillFaultText(QUERY_FAULTS[fault.code], fault.facts, language);
