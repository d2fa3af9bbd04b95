import { readResume } from '../../../sidecar/engines/n8n/resume';
import { OrchestrationError } from '../../../sidecar/kernel/errors';
import { judgeFailure, judgeResume } from '../../../sidecar/parking/judge-resume';

const said = (message: string) => JSON.stringify({ code: 0, message, stacktrace: '/srv/n8n' });

describe('what n8n answers to a resume', () => {
	it.each([
		[200, '{"resumed":true}', { status: 'resumed' }],
		[409, said('The execution "7" is running already.'), { status: 'running' }],
		[409, said('The execution "7 has finished already.'), { status: 'gone', because: 'finished' }],
		[
			409,
			said('The execution "7" has finished with error.'),
			{ status: 'gone', because: 'failed' },
		],
		[409, '{"code":"other_ticket"}', { status: 'gone', because: 'moved-on' }],
		[410, '{"error":"not the wait you mean"}', { status: 'gone', because: 'moved-on' }],
		[404, said('The execution "7" does not exist.'), { status: 'gone', because: 'deleted' }],
		[
			404,
			said(
				'The workflow for execution "7" does not contain a waiting webhook with a matching path/method.',
			),
			{ status: 'gone', because: 'moved-on' },
		],
		[401, '{"error":"Invalid token"}', { status: 'gone', because: 'token-refused' }],
	])('reads %s %s', (status, text, outcome) => {
		expect(readResume({ status, text }, 'secret')).toEqual(outcome);
	});

	it('takes a 500 for a doubt: several calls may have met, and one of them has woken it', () => {
		const text = said('There was a problem executing the workflow');
		expect(readResume({ status: 500, text }, 'secret')).toMatchObject({ status: 'in-doubt' });
	});

	it.each([
		[401, '<html>Log in first</html>'],
		[404, '<html>Not found</html>'],
		[404, 'Cannot POST /webhook-waiting/7/orchestration'],
		[409, '{"message":"The upload is in conflict"}'],
		[422, '{"code":"bad_ticket"}'],
		[503, '{"code":"results_not_readable"}'],
		[302, ''],
	])('settles nothing by the word of somebody else: %s %s', (status, text) => {
		expect(readResume({ status, text }, 'secret')).toMatchObject({ status: 'refused' });
	});

	it('never repeats the token', () => {
		const outcome = readResume({ status: 400, text: said('no secret-token here') }, 'secret-token');
		expect(JSON.stringify(outcome)).not.toContain('secret-token');
	});
});

describe('what it means for the ticket', () => {
	it('asks again soon, and ever less often, while the execution runs', () => {
		const pauses = [1, 2, 5, 50].map((attempt) => {
			const { settlement } = judgeResume({ status: 'running' }, attempt, 0);
			return settlement.state === 'parked' ? settlement.inMs : null;
		});
		expect(pauses).toEqual([50, 100, 800, 30_000]);
	});

	it('keeps a doubt', () => {
		const { settlement } = judgeResume({ status: 'in-doubt', message: 'late' }, 1, 0);
		expect(settlement).toEqual({ state: 'parked', inMs: 500, trouble: 'late', inDoubt: true });
	});

	it('holds the whole environment when it is away, and looks every few seconds', () => {
		const gone = new OrchestrationError('engine_unreachable', 'is it running?');
		expect(judgeFailure(gone, 1_000, 0)).toEqual({
			settlement: { state: 'parked', inMs: 5_000, trouble: 'is it running?', inDoubt: false },
			isAway: true,
		});
		const unreadable = new OrchestrationError('secret_unreadable', 'no key');
		expect(judgeFailure(unreadable, 1, 0)).toMatchObject({ isAway: false });
	});

	it('lets through what nobody foresaw', () => {
		expect(() => judgeFailure(new TypeError('a bug'), 1, 0)).toThrow('a bug');
	});
});
