import { randomBytes } from 'node:crypto';

/** Makes a W3C traceparent (version 00, sampled). */
export type NewTraceparent = () => string;

export const newTraceparent: NewTraceparent = () =>
	`00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`;
