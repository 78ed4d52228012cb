import { decodeEntities } from './entities.ts';
import { type HtmlToken, scanHtml } from './html-scanner.ts';
import type { Instruction } from './program.ts';
import { TextBuilder } from './text-builder.ts';

/** The plain text of a TEXT value. It comes with the mail, so it cannot be compiled ahead; `$(` in it means nothing. */
export const htmlToText = (html: string): readonly Instruction[] => {
  const text = new TextBuilder();
  let conditional = false;
  for (const token of scanHtml(html)) {
    if (token.kind === 'condition') conditional = token.opens;
    else if (!conditional) addToken(text, html, token);
  }
  return text.finish();
};

const addToken = (text: TextBuilder, html: string, token: HtmlToken): void => {
  if (token.kind === 'text' && token.element === undefined) text.words(html.slice(token.start, token.end));
  else if (token.kind === 'close') text.close(token.name);
  else if (token.kind === 'open') addTag(text, html, token);
};

const addTag = (text: TextBuilder, html: string, token: Extract<HtmlToken, { kind: 'open' }>): void => {
  text.open(token.name);
  const attribute = token.attributes.find(({ name }) => name === (token.name === 'img' ? 'alt' : 'href'));
  if (!attribute) return;
  const value = html.slice(attribute.valueStart, attribute.valueEnd);
  if (token.name === 'a') text.linkStart([decodeEntities(value)]);
  else if (token.name === 'img') text.words(value);
};
