import { letter, locator, inOrchestrationRoom } from './support/orchestration-room';

const room = inOrchestrationRoom();

it.each([
	[{ ...letter, operation: 'get' }, 'GET /api/v1/dead-letters/dl%2F1', undefined],
	[{ ...letter, operation: 'discard' }, 'POST /api/v1/dead-letters/dl%2F1/discard', undefined],
	[
		{ ...letter, operation: 'discard', options: { reason: 'a test order' } },
		'POST /api/v1/dead-letters/dl%2F1/discard',
		{ reason: 'a test order' },
	],
	[
		{ ...letter, operation: 'replay' },
		'POST /api/v1/dead-letters/dl%2F1/replay',
		{ strategy: 'redeliver', version: 'live' },
	],
	[
		{ ...letter, operation: 'replay', version: 'failed', options: { waitSeconds: 99 } },
		'POST /api/v1/dead-letters/dl%2F1/replay',
		{ strategy: 'redeliver', version: 'failed', waitSeconds: 60 },
	],
	[
		{ ...letter, operation: 'replay', version: 'chosen', versionId: 'v7' },
		'POST /api/v1/dead-letters/dl%2F1/replay',
		{ strategy: 'redeliver', version: 'v7' },
	],
	[
		{ ...letter, operation: 'replay', strategy: 'retry' },
		'POST /api/v1/dead-letters/dl%2F1/replay',
		{ strategy: 'retry' },
	],
	[
		{ resource: 'deadLetter', operation: 'restore', deadLetterId: locator('l1') },
		'POST /api/v1/dead-letters/l1/restore',
		undefined,
	],
	[
		{
			resource: 'rehearsal',
			operation: 'start',
			environment: locator('production'),
			candidateId: 'v1',
			rehearseIn: locator('dev'),
			letterLimit: 5,
			filters: { ids: 'a, b', node: '' },
		},
		'POST /api/v1/rehearsals',
		{
			filter: { environment: 'production', ids: ['a', 'b'] },
			version: 'v1',
			environment: 'dev',
			limit: 5,
		},
	],
	[
		{ resource: 'rehearsal', operation: 'get', rehearsalId: 'r1' },
		'GET /api/v1/rehearsals/r1',
		undefined,
	],
	[
		{
			resource: 'replaySchedule',
			operation: 'set',
			scheduleName: 'every night',
			environment: locator('production'),
			cron: '0 3 * * *',
			filters: { errorClass: 'transient' },
			options: {
				ladder: '60, 3600',
				liveRatio: 1.5,
				circuit: 'receipts',
				rateLimit: '',
				quietFrom: '08:00',
				quietTo: '18:00',
				timeZone: 'Europe/Vienna',
			},
		},
		'PUT /api/v1/replay-schedules/every%20night',
		{
			filter: { environment: 'production', errorClass: 'transient' },
			cron: '0 3 * * *',
			liveRatio: 1.5,
			circuit: 'receipts',
			timeZone: 'Europe/Vienna',
			ladderMs: [60_000, 3_600_000],
			quietHours: { from: '08:00', to: '18:00', timeZone: 'Europe/Vienna' },
		},
	],
	[
		{ resource: 'replaySchedule', operation: 'get', scheduleName: 'n' },
		'GET /api/v1/replay-schedules/n',
		undefined,
	],
])('makes one call for %j', async (parameters, route, body) => {
	await room.expectOneCall(parameters, route, body);
});

it('says that a replay schedule is removed, which the sidecar answers with nothing', async () => {
	room.sidecar.answer(() => ({ status: 204, body: '' }));
	const parameters = { operation: 'delete', scheduleName: 'every night' };
	const { json } = await room.orchestrate({ resource: 'replaySchedule', ...parameters });

	expect(room.sidecar.calls[0]?.route).toBe('DELETE /api/v1/replay-schedules/every%20night');
	expect(json).toEqual([{ name: 'every night', deleted: true }]);
});
