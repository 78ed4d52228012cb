import type { YAMLError } from 'yaml';
import type { Language } from '../../shared/domain/errors.ts';

/** What operators do wrong most often; the parser's own words are English. */
const KOREAN: Readonly<Partial<Record<YAMLError['code'], string>>> = {
  BAD_INDENT: '들여쓰기가 올바르지 않거나 괄호가 닫히지 않았습니다',
  TAB_AS_INDENT: '들여쓰기에는 탭 대신 공백을 쓰십시오',
  DUPLICATE_KEY: '같은 키가 두 번 있습니다',
  MISSING_CHAR: '닫는 따옴표나 괄호, 쉼표가 없습니다',
  UNEXPECTED_TOKEN: '이 자리에 올 수 없는 내용입니다',
  MULTILINE_IMPLICIT_KEY: '키가 여러 줄에 걸쳐 있습니다. 콜론이 빠지지 않았는지 확인하십시오',
  BLOCK_AS_IMPLICIT_KEY: '한 줄에 "키: 값"이 둘 이상입니다. 값을 따옴표로 감싸십시오',
  BAD_SCALAR_START: '값을 이 문자로 시작할 수 없습니다. 값을 따옴표로 감싸십시오',
  BAD_ALIAS: '* 뒤의 별칭이 올바르지 않습니다. 값이라면 따옴표로 감싸십시오',
  BAD_DQ_ESCAPE: '큰따옴표 안의 역슬래시 표기가 올바르지 않습니다',
};

export const describeYamlFault = ({ code, message, linePos }: YAMLError, language: Language): string => {
  if (language === 'en') return message;
  const place = linePos ? `${linePos[0].line}행 ${linePos[0].col}열, ` : '';
  return `${KOREAN[code] ?? 'YAML 형식이 올바르지 않습니다'} (${place}${code}).`;
};
