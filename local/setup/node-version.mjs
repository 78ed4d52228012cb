/** The floor of package.json's `engines`, said before anything fails in a less friendly way. */
const FLOOR = [20, 19];

export const isNodeNewEnough = (version) => {
  const [major, minor] = version.split('.').map(Number);
  return major > FLOOR[0] || (major === FLOOR[0] && minor >= FLOOR[1]);
};

export const demandNode = (version = process.versions.node) => {
  if (isNodeNewEnough(version)) return;
  console.error(
    `Tank needs Node.js ${FLOOR.join('.')} or newer; this is ${version}. Install a newer one and start again.`,
  );
  process.exit(1);
};
