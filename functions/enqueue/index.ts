import { app } from '../../shared/app.ts';
import { createEnqueueHandler } from './handler.ts';

export const handler = createEnqueueHandler(app());
