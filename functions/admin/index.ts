import { app } from '../../shared/app.ts';
import { createAdminHandler } from './handler.ts';

export const handler = createAdminHandler(app());
