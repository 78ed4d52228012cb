import { app } from '../../shared/app.ts';
import { createConsoleHandler } from './handler.ts';

export const handler = createConsoleHandler(app());
