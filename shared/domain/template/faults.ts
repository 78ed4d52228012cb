import { bothLanguages, type Facts, type Language, TankError } from '../errors.ts';
import { type FaultText, faultText, fillFaultText } from '../fault-text.ts';

/** What can be wrong with a template when it is saved. */
export const TEMPLATE_FAULTS = {
  template_too_large: faultText(
    'The template has {size} characters; at most {limit} are allowed.',
    '템플릿이 {size}자로, 허용 한도 {limit}자를 넘었습니다.',
  ),
  unknown_variable: faultText('$({name}) is not mapped.', '$({name})에 해당하는 컬럼이 없습니다.'),
  unknown_variable_near: faultText(
    '$({name}) is not mapped; did you mean $({nearest})?',
    '$({name})에 해당하는 컬럼이 없습니다. $({nearest})을(를) 쓰려고 하셨습니까?',
  ),
  list_column_outside: faultText(
    '$({name}) is a column of the list {list} and stands outside of it.',
    '$({name})은(는) 목록 {list}의 컬럼인데 목록 밖에 있습니다.',
  ),
  ambiguous_variable: faultText(
    '$({name}) is in {owners}; write $({qualified}).',
    '$({name})이(가) {owners}에 모두 있습니다. $({qualified})처럼 쓰십시오.',
  ),
  malformed_variable: faultText('$({name}) is not a variable name.', '$({name})은(는) 변수 이름이 아닙니다.'),
  unknown_format: faultText(
    '$({name}) has the unknown format {format}; known are number, date:… and mask.',
    '$({name})의 형식 {format}을(를) 알 수 없습니다. number, date:…, mask를 쓸 수 있습니다.',
  ),
  bad_date_pattern: faultText(
    '$({name}) has a date pattern with the unknown part "{part}"; use yyyy MM dd HH mm ss.',
    '$({name})의 날짜 형식에 알 수 없는 부분 "{part}"이(가) 있습니다. yyyy MM dd HH mm ss를 쓰십시오.',
  ),
  text_in_list: faultText(
    'The text $({name}) may not stand inside a list.',
    '텍스트 $({name})은(는) 목록 안에 쓸 수 없습니다.',
  ),
  text_outside_body: faultText(
    'The text $({name}) is HTML and may only stand between tags of the body.',
    '텍스트 $({name})은(는) HTML이므로 본문의 태그 사이에만 쓸 수 있습니다.',
  ),
  format_on_text: faultText(
    'The text $({name}) takes no format.',
    '텍스트 $({name})에는 형식을 쓸 수 없습니다.',
  ),
  unknown_list: faultText('There is no list mapping {name}.', '목록 매핑 {name}이(가) 없습니다.'),
  unknown_list_near: faultText(
    'There is no list mapping {name}; did you mean {nearest}?',
    '목록 매핑 {name}이(가) 없습니다. {nearest}을(를) 쓰려고 하셨습니까?',
  ),
  malformed_list_marker: faultText(
    'Write <!--LIST:NAME--> and <!--ENDLIST-->; this is "{text}".',
    '<!--LIST:이름-->과 <!--ENDLIST-->로 쓰십시오. 현재 내용: "{text}"',
  ),
  list_in_list: faultText(
    'The list {name} stands inside a list.',
    '목록 {name}이(가) 다른 목록 안에 있습니다.',
  ),
  list_not_ended: faultText(
    'The list {name} has no <!--ENDLIST-->.',
    '목록 {name}에 <!--ENDLIST-->가 없습니다.',
  ),
  end_without_list: faultText(
    'There is an <!--ENDLIST--> without a list.',
    '목록 없이 <!--ENDLIST-->가 있습니다.',
  ),
  list_in_subject: faultText('A list cannot stand in the subject.', '제목에는 목록을 쓸 수 없습니다.'),
  variable_in_script: faultText(
    '$({name}) stands in <{element}>, where no value is safe.',
    '$({name})이(가) <{element}> 안에 있습니다. 이곳에는 값을 넣을 수 없습니다.',
  ),
  variable_in_tag: faultText(
    '$({name}) stands in a tag outside of a quoted value; put the value in quotes.',
    '$({name})이(가) 태그 안에서 따옴표 밖에 있습니다. 속성값을 따옴표로 감싸십시오.',
  ),
  variable_in_attribute: faultText(
    '$({name}) stands in the attribute {attribute}, where no value is safe.',
    '$({name})이(가) {attribute} 속성에 있습니다. 이곳에는 값을 넣을 수 없습니다.',
  ),
  variable_in_scheme: faultText(
    '$({name}) would decide what kind of link this is; begin it with https://, or make it the whole beginning.',
    '$({name})이(가) 링크의 종류를 바꿀 수 있습니다. https://로 시작하거나 변수만으로 시작하십시오.',
  ),
  variable_in_host: faultText(
    '$({name}) would decide which host the link goes to; write the host itself.',
    '$({name})이(가) 링크의 호스트를 바꿀 수 있습니다. 호스트를 직접 쓰십시오.',
  ),
  unclosed_variable: faultText(
    '"$(" is not closed by ")"; it goes out as it stands.',
    '"$("가 ")"로 닫히지 않아 그대로 발송됩니다.',
  ),
  unclosed_element: faultText('<{element}> is not closed.', '<{element}> 태그가 닫히지 않았습니다.'),
  stray_end_tag: faultText('</{element}> closes nothing.', '</{element}>에 대응하는 여는 태그가 없습니다.'),
  unclosed_tag: faultText(
    'The tag <{element} is not closed by ">".',
    '<{element} 태그가 ">"로 닫히지 않았습니다.',
  ),
  unclosed_comment: faultText('A comment is not closed by "-->".', '주석이 "-->"로 닫히지 않았습니다.'),
  list_cuts_element: faultText(
    'A tag opens inside the list {name} and closes outside of it, or the other way round.',
    '목록 {name}의 안팎에 걸쳐 열리고 닫히는 태그가 있습니다.',
  ),
} as const satisfies Record<string, FaultText>;

export type TemplateFaultCode = keyof typeof TEMPLATE_FAULTS;

export interface TemplateFault {
  readonly code: TemplateFaultCode;
  readonly part: 'subject' | 'html';
  /** Both count from 1. */
  readonly line: number;
  readonly column: number;
  readonly facts: Facts;
}

export const describeTemplateFault = (fault: TemplateFault, language: Language): string =>
  `${fault.part} ${fault.line}:${fault.column} ${fillFaultText(TEMPLATE_FAULTS[fault.code], fault.facts, language)}`;

/** The first fault of a template that cannot be used; without one it has no parts. */
export const templateFault = (fault: TemplateFault | undefined): TankError =>
  new TankError(
    'template_invalid',
    bothLanguages({
      en: fault ? describeTemplateFault(fault, 'en') : 'it has no parts',
      ko: fault ? describeTemplateFault(fault, 'ko') : '내용이 없습니다',
    }),
  );
