import { z } from 'zod';

/** The version that the caller has seen, as the ETag gave it. */
export const IfMatch = z.object({
  'if-match': z
    .string()
    .regex(/^(?:W\/)?"?\d{1,9}"?$/, 'the ETag of the version that you have seen, such as "3"')
    .transform((tag) => Number(tag.replace(/\D/g, '')))
    .optional(),
});

export const expectedVersion = (headers: z.output<typeof IfMatch>): { expectedVersion?: number } =>
  headers['if-match'] === undefined ? {} : { expectedVersion: headers['if-match'] };
