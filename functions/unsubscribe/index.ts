import { app } from '../../shared/app.ts';
import { createUnsubscribeHandler } from './handler.ts';

export const handler = createUnsubscribeHandler(app());
