import { readFile, realpath, statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/** `f_type` of statfs(2). SQLite's locks and shared memory cannot be trusted on these. */
const NETWORK_TYPES: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB2'],
  [0x01021997, '9P'],
  [0x5346414f, 'AFS'],
  [0x73757245, 'Coda'],
  [0x564c, 'NCP'],
  [0x00c36400, 'Ceph'],
  [0x0bd00bd0, 'Lustre'],
  [0x47504653, 'GPFS'],
  [0x786f4256, 'VirtualBox shared folder'],
  [0xbacbacbc, 'VMware shared folder'],
]);
const FUSE = 0x65735546;
/** Disks and container layers of this machine that only happen to be served by FUSE. */
const LOCAL_FUSE = ['fuseblk', 'fuse.fuse-overlayfs', 'fuse.overlayfs', 'fuse.ntfs-3g', 'fuse.lxcfs'];

/** The name of the network file system on which a folder lies or would lie; undefined where it is a local disk. */
export const networkFileSystem = async (folder: string): Promise<string | undefined> => {
  if (process.platform !== 'linux') return undefined;
  const existing = await nearestExisting(resolve(folder));
  const { type } = await statfs(existing);
  if (type !== FUSE) return judgeFileSystem(type, '');
  return judgeFileSystem(type, mountType(await readFile('/proc/self/mountinfo', 'utf8'), existing));
};

/** FUSE does not tell what stands behind it, so what is not known to be local counts as remote. */
export const judgeFileSystem = (type: number, mounted: string): string | undefined => {
  if (type === FUSE) return LOCAL_FUSE.includes(mounted) ? undefined : mounted || 'FUSE';
  // statfs(2) gives a signed number on 32 bits.
  return NETWORK_TYPES.get(type >>> 0);
};

/** The type of the mount that holds a path: proc_pid_mountinfo(5), where spaces are written as \040. */
export const mountType = (mountinfo: string, path: string): string => {
  const mounts = mountinfo.split('\n').flatMap((line) => {
    const [place, source] = line.split(' - ');
    const point = place
      ?.split(' ')[4]
      ?.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
    return point && source ? [{ point, type: source.split(' ')[0] ?? '' }] : [];
  });
  const holding = mounts.filter(
    ({ point }) => path === point || path.startsWith(point === '/' ? '/' : `${point}/`),
  );
  return holding.sort((a, b) => a.point.length - b.point.length).at(-1)?.type ?? '';
};

const nearestExisting = async (folder: string): Promise<string> => {
  try {
    return await realpath(folder);
  } catch (thrown) {
    const parent = dirname(folder);
    if (parent === folder) throw thrown;
    return nearestExisting(parent);
  }
};
