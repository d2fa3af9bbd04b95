import { putBackSettings, settingsToSend } from '../../../sidecar/promotion/settings-merge';

const reset = { timezone: 'DEFAULT', executionTimeout: -1 };

it('sends what makes an unwanted setting go, or means the same as none', () => {
	const current = {
		executionOrder: 'v1',
		timezone: 'Asia/Tokyo',
		saveExecutionProgress: true,
		callerIds: 'a,b',
		exotic: 1,
	};
	expect(settingsToSend({ executionOrder: 'v1' }, current, reset)).toEqual({
		send: {
			executionOrder: 'v1',
			timezone: 'DEFAULT',
			saveExecutionProgress: false,
			callerIds: '',
			exotic: 1,
		},
		after: { executionOrder: 'v1', saveExecutionProgress: false, callerIds: '', exotic: 1 },
		staying: ['exotic'],
	});
});

it('puts back what is still ours and leaves what somebody else has set', () => {
	const before = { timezone: 'Europe/Berlin', kept: 1, changed: 1 };
	const written = { kept: 1, changed: 2, added: true };
	const now = { kept: 3, changed: 2, added: true, theirs: 'x' };
	expect(putBackSettings(before, written, now)).toEqual({
		timezone: 'Europe/Berlin',
		kept: 3,
		changed: 1,
		theirs: 'x',
	});
});

it('changes nothing when we wrote nothing', () => {
	const before = { timezone: 'Europe/Berlin' };
	expect(putBackSettings(before, { timezone: 'Asia/Tokyo' }, before)).toEqual(before);
});
