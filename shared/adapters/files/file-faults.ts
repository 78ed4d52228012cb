import { type FaultText, faultText } from '../../domain/fault-text.ts';

/** Why a file that is there must not be sent. */
export const ELSEWHERE = faultText(
  'it lies elsewhere: its folder is a link',
  '폴더가 링크여서 파일이 다른 곳에 있습니다',
);
export const BEING_WRITTEN = faultText('it is being written at this moment', '지금 쓰는 중인 파일입니다');
export const NOT_REGULAR = faultText('it is not a regular file', '일반 파일이 아닙니다');
export const EVERYONES = faultText(
  'everyone on this machine may change it; take the write right from others',
  '이 서버의 누구나 바꿀 수 있는 파일입니다. 다른 사용자의 쓰기 권한을 없애십시오',
);
export const LINK = faultText('it is a link', '링크입니다');
export const MAY_NOT_READ = faultText('Tank may not read it', 'Tank에 읽기 권한이 없습니다');
export const tooLarge = (bytes: number): FaultText =>
  faultText(`the file is larger than ${bytes} bytes`, `파일이 ${bytes}바이트를 넘습니다`);
