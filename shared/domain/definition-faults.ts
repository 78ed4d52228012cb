import type { Facts, FieldFault, Language } from './errors.ts';
import { type FaultText, faultText, fillFaultText } from './fault-text.ts';

/** What can be wrong with an automation beyond its form, its queries and its template. */
const DEFINITION_FAULTS = {
  unknown_column: faultText(
    'the target query yields no column {column}; it yields {columns}',
    '대상 쿼리에 {column} 컬럼이 없습니다. 있는 컬럼: {columns}',
  ),
  unknown_column_near: faultText(
    'the target query yields no column {column}; did you mean {nearest}?',
    '대상 쿼리에 {column} 컬럼이 없습니다. {nearest}을(를) 쓰려고 하셨습니까?',
  ),
  ambiguous_column: faultText(
    'the target query yields {columns}, which differ by case only; write one of them exactly',
    '대상 쿼리의 {columns} 컬럼은 대소문자만 다릅니다. 그중 하나를 정확히 쓰십시오',
  ),
  text_columns: faultText(
    'a text mapping yields one column; this one yields {columns}',
    'text 매핑은 컬럼이 하나여야 합니다. 현재 컬럼: {columns}',
  ),
  duplicate_name: faultText(
    'another document of these files has the same name',
    '같은 이름의 문서가 이미 있습니다',
  ),
  wrong_id: faultText(
    'the name {name} belongs to the automation {id}; give that id, or another name',
    '{name}은(는) 자동화 {id}의 이름입니다. 그 id를 쓰거나 다른 이름을 쓰십시오',
  ),
  source_unchecked: faultText(
    'the source {source} is not in these files, so the queries are not checked',
    '데이터 소스 {source}이(가) 파일에 없어 쿼리를 확인하지 않았습니다',
  ),
  mapping_without_bind: faultText(
    'the query has no bind such as :{key}, so every recipient gets the same rows',
    '쿼리에 :{key} 같은 바인드가 없어 모든 수신자가 같은 행을 받습니다',
  ),
  attachments_without_owner: faultText(
    'without an owner nothing proves that a file belongs to its recipient; write for example owner: "{placeholder}"',
    'owner가 없으면 파일이 수신자의 것인지 확인할 수 없습니다. 예: owner: "{placeholder}"',
  ),
  folder_missing: faultText(
    'the folder for today is not there yet: {reason}',
    '오늘 날짜의 폴더가 아직 없습니다: {reason}',
  ),
} as const satisfies Record<string, FaultText>;

type DefinitionFaultCode = keyof typeof DEFINITION_FAULTS;

/** Faults refuse a definition; warnings are shown beside the success. */
export interface Findings {
  readonly faults: readonly FieldFault[];
  readonly warnings: readonly FieldFault[];
}

export const NO_FINDINGS: Findings = { faults: [], warnings: [] };

export const joinFindings = (all: readonly Findings[]): Findings => ({
  faults: all.flatMap(({ faults }) => faults),
  warnings: all.flatMap(({ warnings }) => warnings),
});

export const definitionFault = (
  field: string,
  code: DefinitionFaultCode,
  facts: Facts,
  language: Language,
): FieldFault => ({ field, problem: fillFaultText(DEFINITION_FAULTS[code], facts, language) });

/** Every field said to be one of this definition. */
export const inDefinition = (name: string, { faults, warnings }: Findings): Findings => {
  const named = ({ field, problem }: FieldFault) => ({ field: `${name}.${field}`, problem });
  return { faults: faults.map(named), warnings: warnings.map(named) };
};
