import { bothLanguages, TankError } from '../../domain/errors.ts';

/** A folder of a bucket; the prefix ends with a slash, or is empty. */
export interface S3Place {
  readonly bucket: string;
  readonly prefix: string;
}

const FORM = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/;

const parse = (address: string): S3Place | undefined => {
  const [, bucket, path = ''] = FORM.exec(address) ?? [];
  if (bucket === undefined) return undefined;
  const prefix = path === '' || path.endsWith('/') ? path : `${path}/`;
  return { bucket, prefix };
};

/** To S3 `..` is a name as any other; to whoever reads the definition it is not. */
const isPlain = ({ prefix }: S3Place): boolean =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: refusing them is the point
  !/[\u0000-\u001f\u007f\\]/.test(prefix) &&
  prefix
    .split('/')
    .slice(0, -1)
    .every((part) => part !== '' && part !== '.' && part !== '..');

/** The place of a folder, once it is certain that it lies beneath an allowed prefix. */
export const placeBeneath = (allowed: readonly string[], folder: string): S3Place => {
  const place = parse(folder);
  if (!place || !isPlain(place)) throw refused();
  const inside = allowed.some((address) => {
    const above = parse(address);
    return above?.bucket === place.bucket && place.prefix.startsWith(above.prefix);
  });
  if (!inside) throw refused();
  return place;
};

export const addressOf = ({ bucket, prefix }: S3Place): string => `s3://${bucket}/${prefix}`;

const refused = () =>
  new TankError(
    'folder_refused',
    bothLanguages({
      en: 'it does not lie beneath a prefix of TANK_S3_PREFIXES',
      ko: 'TANK_S3_PREFIXES의 경로 아래에 있지 않습니다',
    }),
  );
