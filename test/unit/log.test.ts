import { createLog } from '../../sidecar/monitoring/log';

function logged(write: (log: ReturnType<typeof createLog>) => void): string {
	const lines: string[] = [];
	write(createLog({ level: 'debug', stream: { write: (line) => lines.push(line) } }));
	return lines.join('');
}

it('hides secrets by name, at any usual depth', () => {
	const text = logged((log) => {
		log.info(
			{
				apiKey: 'hunter2',
				headers: { authorization: 'Bearer hunter2', cookie: 'hunter2' },
				request: { body: { oauth2: { clientSecret: 'hunter2', clientId: 'shown' } } },
				config: { adminToken: 'hunter2', databaseUrl: 'postgres://u:hunter2@db' },
				environment: { access: { token: 'hunter2' }, password: 'hunter2' },
			},
			'said',
		);
	});
	expect(text).not.toContain('hunter2');
	expect(text).toContain('[redacted]');
	expect(text).toContain('shown');
});

it('hides secrets however they are written, in children, lists and errors', () => {
	const text = logged((log) => {
		const error = Object.assign(new Error('refused'), {
			config: { headers: { 'X-N8N-API-KEY': 'hunter2' } },
		});
		log.child({ access: { api_key: 'hunter2' } }).error({ err: error }, 'failed');
		log.info({ tries: [{ 'Set-Cookie': 'hunter2' }], at: new Date(0) }, 'said');
		const deep = { a: { b: { c: { d: { e: { f: { token: 'hunter2' } } } } } } };
		log.info(deep, 'deep');
	});
	expect(text).not.toContain('hunter2');
	expect(text.match(/\[redacted\]/g)).toHaveLength(4);
	expect(text).toContain('1970-01-01T00:00:00.000Z');
});

it('survives facts that hold themselves', () => {
	const circle: Record<string, unknown> = { name: 'round' };
	circle['self'] = circle;
	expect(logged((log) => log.info(circle, 'said'))).toContain('[too deep]');
});

it('keeps facts of a child and writes one JSON object a line', () => {
	const text = logged((log) => log.child({ requestId: 'r-1' }).warn({ ms: 3 }, 'slow'));
	expect(JSON.parse(text)).toMatchObject({ level: 'warn', requestId: 'r-1', ms: 3, msg: 'slow' });
});

it('writes the stack and the cause of an error', () => {
	const text = logged((log) => {
		log.error({ err: new Error('outer', { cause: new Error('inner') }) }, 'failed');
	});
	expect(text).toContain('outer');
	expect(text).toContain('inner');
	expect(text).toContain('log.test.ts');
});
