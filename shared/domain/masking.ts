const STAR = '*';
const DOMAIN = /^[\p{L}\p{N}.-]+$/u;

/** NFC first: a name typed on a Mac arrives as loose jamo, and 홍 must count as one letter. */
const letters = (text: string): string[] => Array.from(text.normalize('NFC').trim());

/** 홍길동 → 홍*동, 김철 → 김*, 김 → *. Nothing but the first and the last letter survives. */
export const maskName = (name: string): string => {
  const [first, ...rest] = letters(name);
  if (first === undefined) return '';
  const last = rest.pop();
  if (last === undefined) return STAR;
  return rest.length === 0 ? first + STAR : first + STAR.repeat(rest.length) + last;
};

/** `email@test.com` → `e****@test.com`; what is no address is masked as a name. */
export const maskAddress = (address: string): string => {
  const at = address.lastIndexOf('@');
  const domain = address.slice(at + 1).trim();
  if (at < 0 || !DOMAIN.test(domain)) return maskName(address);
  const [first, ...rest] = letters(address.slice(0, at));
  const local = first === undefined || rest.length === 0 ? STAR : first + STAR.repeat(rest.length);
  return `${local}@${domain}`;
};

/** The `|mask` of a template: by its look an address or a name. */
export const mask = (text: string): string => (text.includes('@') ? maskAddress(text) : maskName(text));
