/** The command line speaks the language of its terminal. */
export const LOCALE = Intl.DateTimeFormat().resolvedOptions().locale;
