import { z } from 'zod';

/** What an environment variable must be, and what to say when it is not. */
export interface Setting<S extends z.ZodType> {
	schema: S;
	expected: string;
	remedy: string;
	secret?: boolean;
}

export const whole = (minimum: number, maximum: number) =>
	z
		.string()
		.regex(/^\d{1,15}$/)
		.transform(Number)
		.refine((value) => value >= minimum && value <= maximum);

export const list = (isEntry: (entry: string) => boolean) =>
	z
		.string()
		.transform((text) => text.split(',').map((entry) => entry.trim()))
		.refine((entries) => entries.every(isEntry));

export const setting = <S extends z.ZodType>(description: Setting<S>): Setting<S> => description;
