import { validate } from 'node-cron';
import { cronOf } from '../../../sidecar/jobs/job';

it.each([
	[1, '*/1 * * * * *'],
	[5, '*/5 * * * * *'],
	[59, '*/59 * * * * *'],
	[60, '0 */1 * * * *'],
	[119, '0 */1 * * * *'],
	[600, '0 */10 * * * *'],
	[3600, '0 */60 * * * *'],
])('runs a job of %d s by %s', (seconds, expression) => {
	expect(cronOf(seconds)).toBe(expression);
	expect(validate(expression)).toBe(true);
});
