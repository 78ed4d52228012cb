import { PDFDict, PDFDocument, PDFName, PDFRawStream, PDFRef } from 'pdf-lib';

/** Reads a statement the way a viewer does: through its cross-reference table to the page's text. */
export const readStatement = async (
  content: Uint8Array,
): Promise<{ title: string; pages: number; text: string }> => {
  const pdf = await PDFDocument.load(content, { throwOnInvalidObject: true, updateMetadata: false });
  const stream = pdf.context.lookup(pdf.getPage(0).node.get(PDFName.of('Contents')));
  if (!(stream instanceof PDFRawStream)) throw new Error('The page has no content');
  const operators = Buffer.from(stream.contents).toString('latin1');
  const strings = [...operators.matchAll(/<([0-9a-f]+)> Tj/g)].map(([, hex]) => fromUtf16(hex ?? ''));
  return { title: pdf.getTitle() ?? '', pages: pdf.getPageCount(), text: strings.join('\n') };
};

/** The encoding that the page's font names: without it the strings would mean nothing. */
export const encodingOf = async (content: Uint8Array): Promise<string> => {
  const pdf = await PDFDocument.load(content);
  const fonts = pdf.getPage(0).node.Resources()?.lookup(PDFName.of('Font'), PDFDict);
  const [font] = fonts?.values() ?? [];
  return font instanceof PDFRef ? String(pdf.context.lookup(font, PDFDict).get(PDFName.of('Encoding'))) : '';
};

const fromUtf16 = (hex: string): string => Buffer.from(hex, 'hex').swap16().toString('utf16le');
