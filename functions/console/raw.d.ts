/** The text of a file. Vite knows this suffix, and the build has a plugin for it. */
declare module '*?raw' {
  const text: string;
  export default text;
}
