import { bothLanguages, TankError } from '../errors.ts';
import { type FaultText, faultText } from '../fault-text.ts';

/** Why a message is not taken. Nothing of the message itself is part of a reason. */
const FAULTS = {
  head_too_large: faultText('its header is too large', '헤더가 너무 큽니다'),
  no_head: faultText('it has no header', '헤더가 없습니다'),
  control_character: faultText('a header field holds a control character', '헤더에 제어 문자가 있습니다'),
  field_twice: faultText(
    'a header field that may stand once stands twice',
    '한 번만 쓸 수 있는 헤더가 중복되었습니다',
  ),
  no_sender: faultText('From does not name exactly one address', 'From에 주소가 정확히 하나여야 합니다'),
  reply_to: faultText(
    'Reply-To does not name exactly one address',
    'Reply-To에 주소가 정확히 하나여야 합니다',
  ),
  recipients: faultText('To and Cc do not name 1 to 50 addresses', 'To와 Cc의 주소는 1~50개여야 합니다'),
  address: faultText('an address in its header is not valid', '헤더의 주소가 올바르지 않습니다'),
  too_many_parts: faultText('it has more than 200 parts', '파트가 200개를 넘습니다'),
  too_deep: faultText('its parts are nested deeper than 10', '파트가 10단계보다 깊습니다'),
  boundary: faultText('a multipart has no usable boundary', 'multipart의 boundary가 올바르지 않습니다'),
  sealed: faultText(
    'it is signed or encrypted, and Tank cannot carry it unchanged',
    '서명되거나 암호화된 메일은 그대로 전달할 수 없습니다',
  ),
  encoding: faultText('a part has an unknown transfer encoding', '알 수 없는 전송 인코딩입니다'),
  charset: faultText('a text has a charset that is not known', '알 수 없는 문자 집합입니다'),
  not_in_charset: faultText(
    'a text does not fit the charset that it names',
    '본문이 지정한 문자 집합과 맞지 않습니다',
  ),
  no_text: faultText('it has neither a text nor an HTML part', '텍스트나 HTML 파트가 없습니다'),
  header_not_allowed: faultText(
    'it sets a header field that may not be set',
    '설정할 수 없는 헤더가 있습니다',
  ),
  too_many_attachments: faultText('it has more than 50 attachments', '첨부 파일이 50개를 넘습니다'),
  too_large: faultText('it is too large once it is encoded', '인코딩하면 너무 큽니다'),
} as const satisfies Record<string, FaultText>;

export type MessageFault = keyof typeof FAULTS;

export const messageFault = (fault: MessageFault): TankError =>
  new TankError('message_unreadable', bothLanguages(FAULTS[fault]));
