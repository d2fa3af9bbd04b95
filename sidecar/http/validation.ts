import type { z } from 'zod';
import { OrchestrationError } from '../kernel/errors';

/** Longest list of wrong fields sent back. */
const mostErrors = 50;

/**
 * Holds a value against a schema.
 * @param part where the value came from: body, query, path
 * @throws invalid_request with one entry per wrong field, saying what was expected and what came
 */
export function validate<S extends z.ZodType>(
	schema: S,
	value: unknown,
	part: string,
): z.output<S> {
	const result = schema.safeParse(value, { reportInput: true });
	if (result.success) return result.data;
	const errors = result.error.issues.slice(0, mostErrors).flatMap((issue) => lines(issue));
	const told = errors.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
	throw new OrchestrationError('invalid_request', `The ${part} is not right. ${told.join('; ')}.`, {
		details: { errors },
	});
}

interface FieldError {
	path: string;
	message: string;
}

function lines(issue: z.core.$ZodIssue): FieldError[] {
	if (issue.code === 'unrecognized_keys') {
		return issue.keys.map((key) => ({
			path: pathOf([...issue.path, key]),
			message: 'expected no such field, check its spelling',
		}));
	}
	const nearest = nearestOf(issue);
	if (nearest)
		return nearest.flatMap((inner) => lines({ ...inner, path: [...issue.path, ...inner.path] }));
	return [{ path: pathOf(issue.path), message: messageOf(issue) }];
}

/** Of several forms of an object, what is wrong with the one whose fields were sent. */
function nearestOf(issue: z.core.$ZodIssue): z.core.$ZodIssue[] | undefined {
	if (issue.code !== 'invalid_union' || typeof issue.input !== 'object') return undefined;
	const strangers = (issues: z.core.$ZodIssue[]) =>
		issues.flatMap((inner) =>
			inner.code === 'unrecognized_keys' && inner.path.length === 0 ? inner.keys : [],
		).length;
	return issue.errors.reduce<z.core.$ZodIssue[] | undefined>(
		(nearest, each) => (nearest && strangers(nearest) <= strangers(each) ? nearest : each),
		undefined,
	);
}

function messageOf(issue: z.core.$ZodIssue): string {
	const message = issue.message.charAt(0).toLowerCase() + issue.message.slice(1);
	if (/\b(got|received)\b/.test(message)) return message.replace('invalid input: ', '');
	return `${message.replace('invalid input: ', '')}, got ${kindOf(issue.input)}`;
}

/** Says what came without repeating it: it may be a secret. */
function kindOf(value: unknown): string {
	if (value === undefined) return 'nothing';
	if (value === null) return 'null';
	if (Array.isArray(value)) return `an array of ${value.length}`;
	if (typeof value === 'string') return `a text of ${value.length} characters`;
	if (typeof value === 'number' || typeof value === 'boolean') return String(value);
	return typeof value === 'object' ? 'an object' : typeof value;
}

/** `a.b[0].c` */
function pathOf(path: readonly PropertyKey[]): string {
	return path.reduce<string>((text, key) => {
		if (typeof key === 'number') return `${text}[${key}]`;
		return text === '' ? String(key) : `${text}.${String(key)}`;
	}, '');
}
