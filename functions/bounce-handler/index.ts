import { app } from '../../shared/app.ts';
import { createBounceHandler } from './handler.ts';

export const handler = createBounceHandler(app());
