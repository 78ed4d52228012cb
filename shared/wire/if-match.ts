import { z } from 'zod';
import { said } from '../domain/form-faults.ts';

/** The version that the caller has seen, as the ETag gave it. */
export const IfMatch = z.object({
  'if-match': z
    .string()
    .regex(/^(?:W\/)?"?\d{1,9}"?$/, said('etag_form'))
    .transform((tag) => Number(tag.replace(/\D/g, '')))
    .optional(),
});

export const expectedVersion = (headers: z.output<typeof IfMatch>): { expectedVersion?: number } =>
  headers['if-match'] === undefined ? {} : { expectedVersion: headers['if-match'] };
