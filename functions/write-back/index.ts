import { app } from '../../shared/app.ts';
import { createWriteBackHandler } from './handler.ts';

export const handler = createWriteBackHandler(app());
