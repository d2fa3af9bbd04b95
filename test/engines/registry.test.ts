import type { EngineConnection } from '../../sidecar/engines/port/connection';
import type { Engine } from '../../sidecar/engines/port/engine';
import { createEngineRegistry } from '../../sidecar/engines/registry';
import { isOrchestrationError } from '../../sidecar/kernel/errors';
import { connectionTo, engineFor, rememberedState } from './n8n-under-test';

const dev = connectionTo('http://127.0.0.1:5678', 'key');

function registry(made: EngineConnection[]) {
	return createEngineRegistry({
		factories: {
			n8n: (connection, memory): Engine => {
				made.push(connection);
				return engineFor(connection, { memory });
			},
		},
		memoryOf: () => rememberedState(),
	});
}

it('gives the same engine for the same connection, another for a changed one', () => {
	const made: EngineConnection[] = [];
	const { engineOf } = registry(made);
	const first = engineOf(dev);
	expect(engineOf({ ...dev })).toBe(first);
	const changed = engineOf({ ...dev, apiKey: 'new key' });
	expect(changed).not.toBe(first);
	expect(engineOf({ ...dev, environment: 'production' })).not.toBe(first);
	expect(made).toHaveLength(3);
});

it('says which kind of engine is not built in', () => {
	const { engineOf } = registry([]);
	try {
		engineOf({ ...dev, engine: 'temporal' });
	} catch (error) {
		expect(isOrchestrationError(error, 'capability_missing')).toBe(true);
		return;
	}
	throw new Error('expected a refusal');
});
