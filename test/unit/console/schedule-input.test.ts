import {
	ladderFrom,
	ladderInWords,
} from '../../../sidecar/console/pages/dead-letters/schedule-input';

it('takes minutes as they are typed for a ladder, and none for no ladder', () => {
	expect(ladderFrom('15, 60,1.5')).toEqual([900_000, 3_600_000, 90_000]);
	expect(ladderFrom('  ')).toBeNull();
	expect(ladderInWords([900_000, 90_000])).toBe('15, 1.5');
	expect(ladderInWords(null)).toBe('');
});

it.each(['soon', '15,', '0', '-1', '43201', Array(21).fill('1').join()])(
	'takes "%s" for no ladder at all',
	(typed) => {
		expect(ladderFrom(typed)).toBeUndefined();
	},
);
