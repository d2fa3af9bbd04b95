import {
	judgedLetters,
	mostlyFails,
	secondsFor,
} from '../../../sidecar/dead-letters/bulk/bulk-replay';
import type { ErrorClass } from '../../../sidecar/dead-letters/dead-letter';
import { incidentOf, wordsOf } from '../../../sidecar/dead-letters/incident';

const letter = (
	message: string,
	node: string | null = 'Work',
	errorClass: ErrorClass = 'data',
) => ({
	workflowId: 'orders',
	error: { node, message },
	errorClass,
});

it.each([
	['Order 17 was not found', 'Order 4711 was not found'],
	['No customer "Anna"', 'No customer "Ömer O\'Neil"'],
	["No customer 'anna'", "No customer 'bob smith'"],
	['timeout after 3.5 s', 'timeout after 10 s'],
	[
		'Job 0198c0de-0000-7000-8000-000000000040 died',
		'Job 7d44b1f0-9b7e-4f5b-8a4e-abcdefabcdef died',
	],
	['bad key A-17_b', 'bad key C-18_zz'],
	['GET https://a.example.org/orders/9?x=1 gave 404', 'GET https://b.example.org/ gave 500'],
	['mail to jo@example.org bounced', 'mail to x.y@example.com bounced'],
	['failed at 2031-04-01T12:00:00.000Z', 'failed at 2030-01-31T01:02:03.004Z'],
	['Connect  refused\n', 'connect refused'],
])('takes %j and %j for one cause', (one, other) => {
	expect(wordsOf(one)).toBe(wordsOf(other));
	expect(incidentOf(letter(one))).toBe(incidentOf(letter(other)));
});

it('tells causes apart by words, node, class and workflow', () => {
	const causes = [
		letter("The customer doesn't exist"),
		letter("The customer doesn't answer, can't go on"),
		letter("The customer doesn't exist", 'Other'),
		letter("The customer doesn't exist", null),
		letter("The customer doesn't exist", 'Work', 'bug'),
		{ ...letter("The customer doesn't exist"), workflowId: 'receipts' },
	].map(incidentOf);
	expect(new Set(causes).size).toBe(causes.length);
	for (const cause of causes) expect(cause).toMatch(/^[0-9a-f]{32}$/);
});

it('is done with a hostile message, and looks at its beginning only', () => {
	const long = `${'a-'.repeat(50_000)}"`;
	expect(incidentOf(letter(long))).toBe(incidentOf(letter(long.slice(0, 1_000))));
});

it('stops when more than half of the last letters failed, and not before there are enough', () => {
	const outcomes = (failed: number, succeeded: number) => [
		...Array.from({ length: failed }, () => 'failed' as const),
		...Array.from({ length: succeeded }, () => 'succeeded' as const),
	];
	expect(mostlyFails(outcomes(judgedLetters - 1, 0))).toBe(false);
	expect(mostlyFails(outcomes(judgedLetters, 0))).toBe(true);
	expect(mostlyFails(outcomes(5, 5))).toBe(false);
	expect(mostlyFails(outcomes(6, 4))).toBe(true);
	// Newest first: what failed long ago counts no more.
	expect(mostlyFails([...outcomes(0, judgedLetters), ...outcomes(50, 0)])).toBe(false);
});

it('says how long a selection takes', () => {
	expect([secondsFor(0, 1), secondsFor(10, 4), secondsFor(1, 0.1)]).toEqual([0, 3, 10]);
});
