/** What the fact `what` of an error names, for a Korean sentence; what is not here is shown as it is. */
export const KOREAN_NOUNS: Readonly<Record<string, string>> = {
  attachments: '첨부 파일',
  'attachment definition': '첨부 정의',
  automation: '자동화',
  certificate: '인증서',
  client: '클라이언트',
  hold: '보류',
  message: '메시지',
  organisation: '조직',
  preview: '미리보기',
  run: '실행',
  send: '메일',
  source: '데이터 소스',
  version: '버전',
};
