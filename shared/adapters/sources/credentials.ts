/** Asked again for each pool, so that a changed password needs no restart. */
export type ReadCredentials = () => Promise<{ readonly user: string; readonly password: string } | undefined>;
