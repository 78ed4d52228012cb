import { app } from '../../shared/app.ts';
import { createTellClientsHandler } from './handler.ts';

export const handler = createTellClientsHandler(app());
