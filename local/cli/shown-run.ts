import type { z } from 'zod';
import type { RunReply } from '../../shared/wire/replies.ts';

export type ShownRun = z.output<typeof RunReply>;
