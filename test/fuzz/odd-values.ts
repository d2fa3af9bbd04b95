/** Chooses with a given chance; every call draws from the same seeded row. */
export interface Dice {
	pick<T>(from: readonly T[]): T;
	below(limit: number): number;
	chance(share: number): boolean;
}

export function diceOf(random: () => number): Dice {
	const below = (limit: number) => Math.floor(random() * limit);
	return {
		below,
		chance: (share) => random() < share,
		pick: <T>(from: readonly T[]) => {
			const chosen = from[below(from.length)];
			if (chosen === undefined) throw new Error('there is nothing to pick from');
			return chosen;
		},
	};
}

/** Lone surrogates, controls, right to left, combining, emoji, NUL, a byte order mark. */
export const oddTexts: readonly string[] = [
	'',
	' ',
	'\u0000',
	'a\u0000b',
	'\ud800',
	'\udfff\ud800',
	'\u202e\u2066x',
	'é'.normalize('NFD'),
	'👩‍👩‍👧‍👦',
	'\ufeff',
	'\u2028',
	'../../etc/passwd',
	'..\\..\\windows',
	'%2e%2e%2f',
	"'; drop table tokens; --",
	'${7*7}{{7*7}}',
	'<script>alert(1)</script>',
	'__proto__',
	'constructor',
	'toString',
	'null',
	'true',
	'-1',
	'1e999',
	'NaN',
	'9007199254740993',
	'0198c0de-0000-7000-8000-000000000000',
	'not-a-uuid',
	'2031-02-30T25:61:61Z',
	'-271821-04-20T00:00:00Z',
	'+275760-09-13T00:00:00.001Z',
	'0000-01-01T00:00:00Z',
	'9999-12-31T23:59:59.999Z',
	'http://[::1',
	'file:///etc/passwd',
	'http://169.254.169.254/latest',
	'a'.repeat(256),
	'a'.repeat(70_000),
	'(((((((((('.repeat(500),
	'(a+)+$'.repeat(20),
];

export const oddNumbers: readonly number[] = [
	0,
	-0,
	-1,
	1.5,
	1e-320,
	1e308,
	-1e308,
	2 ** 31,
	-(2 ** 31) - 1,
	2 ** 53,
	2 ** 53 + 2,
	2 ** 63,
	1e21,
	0.1 + 0.2,
	255,
	256,
	65_536,
];

export function oddValue(dice: Dice): unknown {
	switch (dice.below(8)) {
		case 0:
			return null;
		case 1:
			return dice.pick(oddNumbers);
		case 2:
		case 3:
			return dice.pick(oddTexts);
		case 4:
			return dice.chance(0.5);
		case 5:
			return Array.from({ length: dice.pick([0, 1, 3, 2_000]) }, () => dice.pick(oddNumbers));
		case 6:
			return { [dice.pick(oddTexts)]: dice.pick(oddTexts) };
		default:
			return nested(dice.pick([10, 490, 600]));
	}
}

function nested(depth: number): unknown {
	let value: unknown = 1;
	for (let level = 0; level < depth; level += 1) value = level % 2 ? [value] : { a: value };
	return value;
}
