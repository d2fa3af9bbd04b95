import { realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { ensureN8n } from '../../n8n/install.cjs';
import { cronProblem } from '../../../sidecar/promotion/cron-expression';

const taken = [
	'* * * * *',
	'*/10 * * * *',
	'0 0 8 * * mon-fri',
	'0 9 1 jan *',
	'5,35 8-17/3 * * 1-5',
	'@daily',
	'@weekdays',
	'0 0 * * 7',
	'10-15/2 * * * *',
	'0 0 29 2 *',
	'0 0 31 2 mon',
];
it.each(taken)('takes "%s"', (expression) => {
	expect(cronProblem(expression)).toBeNull();
});

const refused: Array<[string, string]> = [
	['', 'expected 5 or 6 fields, got 0'],
	['* * * *', 'expected 5 or 6 fields, got 4'],
	['60 * * * *', 'minute "60": expected 0 to 59'],
	['* 24 * * *', 'hour "24": expected 0 to 23'],
	['* * 0 * *', 'day of month "0": expected 1 to 31'],
	['* * * 13 *', 'month "13": expected 1 to 12'],
	['* * * * 8', 'day of week "8": expected 0 to 7'],
	['*/0 * * * *', 'minute "*/0": a step of zero'],
	['30-10 * * * *', 'minute "30-10": the range ends before it begins'],
	['1* * * * *', 'minute "1*": a * can only stand first'],
	['1-2-3 * * * *', 'minute "1-2-3": cannot be read'],
	['0 0 L * *', '"l" is no name of a month or day'],
	['every day', '"eve" is no name of a month or day'],
	['0 0 31 2 *', 'the months have no such day'],
];
it.each(refused)('says what is wrong with "%s"', (expression, problem) => {
	expect(cronProblem(expression)).toBe(problem);
});

it('agrees with the scheduler of n8n on thousands of expressions', async () => {
	// What n8n brings along, not a package of ours.
	const { bin } = await ensureN8n();
	const { CronTime } = createRequire(realpathSync(bin))('cron') as CronPackage;
	const isTaken = (expression: string) => {
		try {
			new CronTime(expression, 'Europe/Berlin').sendAt();
			return true;
		} catch {
			return false;
		}
	};
	const differing = expressions(4000).filter(
		(expression) => (cronProblem(expression) === null) !== isTaken(expression),
	);
	expect(differing).toEqual([]);
});

interface CronPackage {
	CronTime: new (expression: string, timezone: string) => { sendAt(): unknown };
}

/** Always the same ones: mostly plain parts, some odd ones. */
function expressions(count: number): string[] {
	const plain = ['*', '0', '1', '*/2', '1-3', '12', '5'];
	const odd =
		'60 7 8 5-1 */0 */99 3/2 70/2 mon jan-mar sun L 1,2 *,5 1,* 5- /5 a 31 30 0-7 -1 1** ?';
	const parts = [...plain, ...plain, ...plain, ...odd.split(' ')];
	let seed = 7;
	const pick = (below: number) => {
		seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
		return Math.floor((seed / 2_147_483_648) * below);
	};
	return Array.from({ length: count }, () =>
		Array.from({ length: [5, 5, 6, 4, 7][pick(5)] ?? 5 }, () => parts[pick(parts.length)]).join(
			' ',
		),
	);
}
