import type { Language } from '../../shared/domain/errors.ts';
import { UNSUBSCRIBE_STYLE } from '../../shared/wire/unsubscribe-api.ts';

type PageName = 'ask' | 'done' | 'unknown';

const TEXTS: Readonly<Record<Language, Readonly<Record<PageName, readonly [title: string, text: string]>>>> =
  {
    ko: {
      ask: ['수신 거부', '이 발신자의 광고 및 안내 메일을 더 이상 받지 않으시겠습니까?'],
      done: ['수신 거부가 완료되었습니다', '앞으로 이 발신자의 광고 및 안내 메일을 보내지 않습니다.'],
      unknown: ['사용할 수 없는 링크입니다', '메일에 있는 링크 전체를 그대로 열어 주십시오.'],
    },
    en: {
      ask: ['Unsubscribe', 'Would you like to receive no more of this mail?'],
      done: ['You have unsubscribed', 'You will receive no more of this mail.'],
      unknown: ['This link cannot be used', 'Please open the whole link as it stands in the mail.'],
    },
  };

const BUTTON: Readonly<Record<Language, string>> = { ko: '수신 거부', en: 'Unsubscribe' };

/** Nothing of the token, and nothing of the address, is in a page: the form posts to where it stands. */
export const renderPage = (name: PageName, language: Language): string => {
  const [title, text] = TEXTS[language][name];
  const form =
    name === 'ask'
      ? `<form method="post"><input type="hidden" name="List-Unsubscribe" value="One-Click"><button>${BUTTON[language]}</button></form>`
      : '';
  return (
    `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
    `<meta name="robots" content="noindex"><title>${title}</title><style>${UNSUBSCRIBE_STYLE}</style></head>` +
    `<body><h1>${title}</h1><p>${text}</p>${form}</body></html>`
  );
};
