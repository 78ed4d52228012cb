/**
 * A one-page PDF with Korean text and no embedded font: HYSMyeongJo is one of the fonts that every viewer
 * stands in for (PDF 32000-1, 9.7.5.2), and UniKS-UTF16-H reads the strings as UTF-16.
 */
export interface PdfText {
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly text: string;
  readonly align?: 'right';
}

export interface PdfRule {
  readonly y: number;
  readonly from: number;
  readonly to: number;
}

export interface PdfPage {
  readonly title: string;
  readonly texts: readonly PdfText[];
  readonly rules: readonly PdfRule[];
}

export const A4 = { width: 595, height: 842 } as const;

export const writePdf = (page: PdfPage): Uint8Array => {
  const bodies = objectsOf(page);
  let file = '%PDF-1.5\n%\xe2\xe3\xcf\xd3\n';
  const offsets = bodies.map((body, index) => {
    const offset = file.length;
    file += `${index + 1} 0 obj\n${body}\nendobj\n`;
    return offset;
  });
  const entries = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const size = bodies.length + 1;
  const xref = `xref\n0 ${size}\n0000000000 65535 f \n${entries}trailer\n<</Size ${size}/Root 1 0 R/Info 8 0 R>>\n`;
  // Every character is one byte: text travels as hexadecimal.
  return Buffer.from(`${file}${xref}startxref\n${file.length}\n%%EOF\n`, 'latin1');
};

const objectsOf = (page: PdfPage): string[] => {
  const content = contentOf(page);
  return [
    '<</Type/Catalog/Pages 2 0 R/Lang(ko-KR)>>',
    '<</Type/Pages/Kids[3 0 R]/Count 1>>',
    `<</Type/Page/Parent 2 0 R/MediaBox[0 0 ${A4.width} ${A4.height}]/Resources<</Font<</F 4 0 R>>>>/Contents 7 0 R>>`,
    '<</Type/Font/Subtype/Type0/BaseFont/HYSMyeongJo-Medium-UniKS-UTF16-H/Encoding/UniKS-UTF16-H/DescendantFonts[5 0 R]>>',
    '<</Type/Font/Subtype/CIDFontType0/BaseFont/HYSMyeongJo-Medium/CIDSystemInfo<</Registry(Adobe)/Ordering(Korea1)/Supplement 2>>/DW 1000/W[1 95 500]/FontDescriptor 6 0 R>>',
    '<</Type/FontDescriptor/FontName/HYSMyeongJo-Medium/Flags 6/FontBBox[-150 -148 1000 880]/ItalicAngle 0/Ascent 880/Descent -148/CapHeight 718/StemV 93>>',
    `<</Length ${content.length}>>\nstream\n${content}\nendstream`,
    `<</Title<feff${hexOf(page.title)}>>>`,
  ];
};

const contentOf = ({ texts, rules }: PdfPage): string =>
  [
    '0.5 w',
    ...rules.map(({ y, from, to }) => `${from} ${y} m ${to} ${y} l S`),
    'BT',
    ...texts.map(
      (text) => `/F ${text.size} Tf 1 0 0 1 ${startOf(text)} ${text.y} Tm <${hexOf(text.text)}> Tj`,
    ),
    'ET',
  ].join('\n');

const startOf = ({ x, size, text, align }: PdfText): number =>
  align === 'right' ? Number((x - widthOf(text, size)).toFixed(2)) : x;

/** As the font's widths above say: half an em for ASCII, an em for everything else. */
const widthOf = (text: string, size: number): number =>
  [...text].reduce((width, character) => width + (character <= '~' ? size / 2 : size), 0);

const hexOf = (text: string): string => Buffer.from(text, 'utf16le').swap16().toString('hex');
