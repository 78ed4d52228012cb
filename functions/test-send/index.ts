import { app } from '../../shared/app.ts';
import { createTestSendHandler } from './handler.ts';

export const handler = createTestSendHandler(app());
