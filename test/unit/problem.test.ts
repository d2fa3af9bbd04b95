import { problemHeaders, problemOf, statusOf } from '../../sidecar/http/problem';
import { OrchestrationError } from '../../sidecar/kernel/errors';

it('gives every code the status of an error', () => {
	const statuses = Object.values<number>(statusOf);
	expect(statuses.filter((status) => status < 400 || status > 599)).toEqual([]);
});

it('lets facts travel along, but never in place of the fields of a problem', () => {
	const error = new OrchestrationError('promotion_blocked', 'Two blockers.', {
		details: { blockers: 2, status: 200, code: 'ok', instance: 'x', title: 'y', detail: 'z' },
	});
	expect(problemOf(error, 'request-1')).toEqual({
		type: '/problems/promotion_blocked',
		title: 'Promotion blocked',
		status: statusOf.promotion_blocked,
		detail: 'Two blockers.',
		code: 'promotion_blocked',
		instance: 'request-1',
		blockers: 2,
	});
});

it('tells nothing of an error nobody foresaw', () => {
	const problem = problemOf(new Error('password=hunter2'), 'request-1');
	expect(problem).toMatchObject({ status: 500, code: 'internal_error', instance: 'request-1' });
	expect(JSON.stringify(problem)).not.toContain('hunter2');
	expect(problemHeaders(new Error('x'))).toEqual({});
});

it('challenges whoever has no token that works', () => {
	const challenge = (code: 'unauthenticated' | 'token_expired') =>
		problemHeaders(new OrchestrationError(code, '…'))['WWW-Authenticate'];
	expect(challenge('unauthenticated')).toBe('Bearer realm="orchestration"');
	expect(challenge('token_expired')).toContain('error="invalid_token"');
});
