import { z } from 'zod';

/** Pieces that several resources are made of. */

/** Text a person wrote. Postgres takes no U+0000 in a text. */
export function plainText(maximum: number) {
	return z
		.string()
		.min(1)
		.max(maximum)
		.refine((text) => !text.includes('\0'), { error: 'expected a text without U+0000' });
}

export const environmentName = z
	.string()
	.regex(/^[a-z][a-z0-9-]{0,62}$/, {
		error: 'expected a letter, then up to 62 lower-case letters, digits or hyphens',
	})
	.meta({ description: 'Name of an environment.', example: 'production' });

/** ISO 8601 with an offset or Z, as we write it ourselves. */
export const dateTime = z.iso
	.datetime({ offset: true })
	.meta({ example: '2031-04-01T12:00:00.000Z' });
