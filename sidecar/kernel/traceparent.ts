import { randomBytes } from 'node:crypto';

/** Makes a W3C traceparent (version 00, sampled). */
export type NewTraceparent = () => string;

export const newTraceparent: NewTraceparent = () => {
	const random = randomBytes(24).toString('hex');
	return `00-${random.slice(0, 32)}-${random.slice(32)}-01`;
};
