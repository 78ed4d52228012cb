/** Korean first: an operator reads Korean. Each key stands in both. */
const WORDS = {
  signIn: ['로그인', 'Sign in'],
  signOut: ['로그아웃', 'Sign out'],
  name: ['이름', 'Name'],
  password: ['비밀번호', 'Password'],
  newPassword: ['새 비밀번호 (15자 이상)', 'New password (15 characters or more)'],
  repeatPassword: ['새 비밀번호 확인', 'New password again'],
  passwordsDiffer: ['새 비밀번호가 서로 다릅니다.', 'The two new passwords are not the same.'],
  change: ['변경', 'Change'],
  changeFirst: [
    '일회용 비밀번호를 새 비밀번호로 변경하십시오.',
    'Replace the one-time password with one of your own.',
  ],
  signInAgain: ['로그인 시간이 끝났습니다. 다시 로그인하십시오.', 'Your sign-in has ended. Sign in again.'],
  unreachable: ['서버에 연결할 수 없습니다. 다시 시도합니다.', 'The server cannot be reached. Trying again.'],
  forgotten: [
    '비밀번호를 모르면 서버에서 관리자에게 문의하십시오.',
    'Whoever lost the password asks the administrator of the server.',
  ],
  language: ['English', '한국어'],
  runs: ['실행', 'Runs'],
  allRuns: ['모든 실행', 'All runs'],
  noRuns: ['아직 실행이 없습니다.', 'There are no runs yet.'],
  automations: ['자동화', 'Automations'],
  noAutomations: ['아직 자동화가 없습니다.', 'There are no automations yet.'],
  more: ['더 보기', 'More'],
  automation: ['자동화', 'Automation'],
  organisation: ['조직', 'Organisation'],
  version: ['버전', 'Version'],
  source: ['데이터 소스', 'Source'],
  saved: ['저장', 'Saved'],
  by: ['담당', 'By'],
  state: ['상태', 'State'],
  started: ['시작', 'Started'],
  startedBy: ['시작한 사람', 'Started by'],
  ended: ['종료', 'Ended'],
  businessDate: ['기준일', 'Business date'],
  targets: ['대상', 'Targets'],
  sent: ['발송', 'Sent'],
  failed: ['실패', 'Failed'],
  suppressed: ['수신 거부', 'Suppressed'],
  skipped: ['제외', 'Skipped'],
  cancelled: ['취소', 'Cancelled'],
  held: ['보류', 'Held'],
  open: ['진행 중', 'Open'],
  leftOut: ['미발송', 'Left out'],
  notSent: ['발송되지 않은 메일', 'What did not go out'],
  everythingOut: ['모두 발송되었습니다.', 'Everything went out.'],
  count: ['건수', 'Count'],
  reason: ['사유', 'Reason'],
  mend: ['조치', 'What to do'],
  who: ['누구', 'Who'],
  show: ['보기', 'Show'],
  heldBecause: ['이 실행은 멈춰 있습니다', 'This run is held'],
  until: ['까지', 'until'],
  'state.planning': ['계획 중', 'Planning'],
  'state.awaiting_approval': ['승인 대기', 'Awaiting approval'],
  'state.sending': ['발송 중', 'Sending'],
  'state.paused': ['일시 중지', 'Paused'],
  'state.finished': ['완료', 'Finished'],
  'state.cancelled': ['취소됨', 'Cancelled'],
  'state.failed': ['실패', 'Failed'],
  'state.pending': ['대기', 'Pending'],
  'state.retry': ['재시도 대기', 'Will be tried again'],
  'state.in_doubt': ['결과 확인 중', 'In doubt'],
  'state.suppressed': ['수신 거부', 'Suppressed'],
  'state.skipped': ['제외', 'Skipped'],
  'state.held': ['보류', 'Held'],
};

const LANGUAGES = ['ko', 'en'];
let chosen = navigator.language.toLowerCase().startsWith('ko') ? 'ko' : 'en';

export const language = () => chosen;

export const switchLanguage = () => {
  chosen = chosen === 'ko' ? 'en' : 'ko';
};

/** What has no words yet is shown as the API calls it. */
export const word = (key) => WORDS[key]?.[LANGUAGES.indexOf(chosen)] ?? key.replace('state.', '');

export const number = (value) => value.toLocaleString(chosen);

export const moment = (iso) =>
  iso === undefined ? '–' : new Date(iso).toLocaleString(chosen, { dateStyle: 'medium', timeStyle: 'short' });
