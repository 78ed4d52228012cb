/** A browser as people name it, and its major version; programs by their first word. */
export interface UserAgent {
  readonly family: string;
  readonly major: string;
}

/** In this order: Edge, Opera, Whale and Samsung say Chrome as well, and Chrome says Safari. */
const FAMILIES: readonly (readonly [string, RegExp])[] = [
  ['Edge', /\bEdg(?:e|A|iOS)?\/(\d+)/],
  ['Opera', /\b(?:OPR|OPiOS|Opera)\/(\d+)/],
  ['Whale', /\bWhale\/(\d+)/],
  ['Samsung Internet', /\bSamsungBrowser\/(\d+)/],
  ['Firefox', /\b(?:Firefox|FxiOS)\/(\d+)/],
  ['Chrome', /\b(?:Chrome|CriOS|HeadlessChrome)\/(\d+)/],
  ['Safari', /\bVersion\/(\d+)[^ ]* (?:Mobile\/\S+ )?Safari\//],
];

export const parseUserAgent = (text: string): UserAgent => {
  for (const [family, pattern] of FAMILIES) {
    const major = pattern.exec(text)?.[1];
    if (major) return { family, major };
  }
  const [, family = 'unknown', major = ''] = /^([\w.-]{1,40})(?:\/(\d+))?/.exec(text) ?? [];
  return { family, major };
};

const SYSTEMS: readonly (readonly [string, RegExp])[] = [
  ['Windows', /Windows NT/],
  ['Android', /Android/],
  ['iPhone', /iPhone/],
  ['iPad', /iPad/],
  ['macOS', /Mac OS X/],
  ['Linux', /Linux/],
];

/** `Chrome on Windows`: what a person recognises a device by. */
export const deviceLabel = (text: string): string => {
  const { family } = parseUserAgent(text);
  const system = SYSTEMS.find(([, pattern]) => pattern.test(text))?.[0];
  return system ? `${family} on ${system}` : family;
};
