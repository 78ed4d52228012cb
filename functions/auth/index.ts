import { app } from '../../shared/app.ts';
import { createAuthHandler } from './handler.ts';

export const handler = createAuthHandler(app());
