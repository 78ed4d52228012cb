import { MANIFEST } from '../functions/manifest.ts';

console.log(MANIFEST.length, process.argv.slice(2));
