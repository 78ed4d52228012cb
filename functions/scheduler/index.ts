import { app } from '../../shared/app.ts';
import { createSchedulerHandler } from './handler.ts';

export const handler = createSchedulerHandler(app());
