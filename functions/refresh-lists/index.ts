import { app } from '../../shared/app.ts';
import { createRefreshListsHandler } from './handler.ts';

export const handler = createRefreshListsHandler(app());
