import { type Place, readPlace, valueAt } from './json-place';
import { notUnderstood, type Word, wordsOf } from './filter-words';

/**
 * Which events a subscription wants:
 *
 *     body.amount >= 100 and (body.currency in ("eur", "chf") or not exists(body.test))
 *
 * Paths begin with body, headers, query, type, key, subject or environment. Comparisons: == != < <= > >=
 * in contains startsWith endsWith; exists(path). Values: "text", numbers, true, false, null.
 * `<` and its like compare two numbers or two texts and are false for anything else.
 */
export type Filter = (event: FilteredEvent) => boolean;

export interface FilteredEvent {
	type: string;
	key: string | null;
	subject: string | null;
	environment: string | null;
	headers: Record<string, string>;
	query: Record<string, string>;
	/** Undefined: the body is no JSON. */
	body: unknown;
}

export const longestFilter = 2_000;
const deepestFilter = 50;

type Value = string | number | boolean | null;
type Test = (given: unknown, wanted: Value[]) => boolean;

const tests: Record<string, Test> = {
	'==': (given, [wanted]) => given === wanted,
	'!=': (given, [wanted]) => given !== wanted,
	'<': ordered((order) => order < 0),
	'<=': ordered((order) => order <= 0),
	'>': ordered((order) => order > 0),
	'>=': ordered((order) => order >= 0),
	in: (given, wanted) => wanted.some((each) => each === given),
	contains: (given, [wanted]) =>
		Array.isArray(given)
			? given.some((each) => each === wanted)
			: typeof given === 'string' && typeof wanted === 'string' && given.includes(wanted),
	startsWith: text((given, wanted) => given.startsWith(wanted)),
	endsWith: text((given, wanted) => given.endsWith(wanted)),
};

/** @throws invalid_request */
export function readFilter(source: string): Filter {
	const words = wordsOf(source);
	let next = 0;
	const peek = () => words[next];
	const fail = (expected: string, word: Word | undefined = peek()) =>
		notUnderstood(source, word?.at ?? source.length, expected);
	const take = (wanted: string): boolean => {
		if (peek()?.text !== wanted || peek()?.kind === 'text') return false;
		next += 1;
		return true;
	};
	const expect = (wanted: string) => {
		if (!take(wanted)) throw fail(`"${wanted}"`);
	};

	const either = (depth: number): Filter => {
		const parts = [both(depth)];
		while (take('or')) parts.push(both(depth));
		return (event) => parts.some((part) => part(event));
	};
	const both = (depth: number): Filter => {
		const parts = [single(depth)];
		while (take('and')) parts.push(single(depth));
		return (event) => parts.every((part) => part(event));
	};
	const single = (depth: number): Filter => {
		if (depth > deepestFilter)
			throw fail(`at most ${deepestFilter} parentheses or "not" inside each other`);
		if (take('not')) {
			const inner = single(depth + 1);
			return (event) => !inner(event);
		}
		if (take('(')) {
			const inner = either(depth + 1);
			expect(')');
			return inner;
		}
		if (take('exists')) {
			expect('(');
			const at = path();
			expect(')');
			return (event) => valueAt(event, at) !== undefined;
		}
		return comparison();
	};
	const comparison = (): Filter => {
		const at = path();
		const operator = peek()?.text ?? '';
		const test = Object.hasOwn(tests, operator) ? tests[operator] : undefined;
		if (!test) throw fail(`one of ${Object.keys(tests).join(' ')}`);
		next += 1;
		const wanted = operator === 'in' ? list() : [value()];
		return (event) => test(valueAt(event, at), wanted);
	};
	const path = (): Place => {
		const word = peek();
		const place = word?.kind === 'path' ? readPlace(word.text) : null;
		if (!place)
			throw fail('a path that begins with body, headers, query, type, key, subject or environment');
		next += 1;
		// Headers are kept in lower case.
		return place[0] === 'headers'
			? place.map((each) => (typeof each === 'string' ? each.toLowerCase() : each))
			: place;
	};
	const list = (): Value[] => {
		expect('(');
		const values = [value()];
		while (take(',')) values.push(value());
		expect(')');
		return values;
	};
	const value = (): Value => {
		const word = peek();
		if (word?.kind === 'number') return ((next += 1), Number(word.text));
		if (word?.kind === 'text') return ((next += 1), readText(source, word));
		for (const [name, constant] of constants) if (take(name)) return constant;
		throw fail('a value: "text", a number, true, false or null');
	};

	const whole = either(0);
	if (next < words.length) throw fail('"and", "or" or its end');
	return whole;
}

const constants: Array<[string, Value]> = [
	['true', true],
	['false', false],
	['null', null],
];

function readText(source: string, word: Word): string {
	try {
		return JSON.parse(word.text) as string;
	} catch {
		throw notUnderstood(source, word.at, 'a text written as in JSON');
	}
}

function ordered(holds: (order: number) => boolean): Test {
	return (given, [wanted]) => {
		const numbers = typeof given === 'number' && typeof wanted === 'number';
		const texts = typeof given === 'string' && typeof wanted === 'string';
		if (!numbers && !texts) return false;
		return holds(given === wanted ? 0 : given < wanted ? -1 : 1);
	};
}

function text(holds: (given: string, wanted: string) => boolean): Test {
	return (given, [wanted]) =>
		typeof given === 'string' && typeof wanted === 'string' && holds(given, wanted);
}
