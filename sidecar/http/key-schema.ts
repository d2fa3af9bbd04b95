import { z } from 'zod';
import { plainText } from './wire-schemas';

/** Names of circuits, limits, tenants: whatever the user calls them. */
export const freeKey = plainText(200).meta({
	description: 'Any text up to 200 characters, percent-encoded in a path.',
	example: 'crm-api',
});

export const keyParams = z.strictObject({ key: freeKey });

export const milliseconds = (minimum: number) =>
	z
		.int()
		.min(minimum)
		.max(366 * 86_400_000);
