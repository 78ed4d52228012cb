import { app } from '../../shared/app.ts';
import { createSendBatchHandler } from './handler.ts';

export const handler = createSendBatchHandler(app());
