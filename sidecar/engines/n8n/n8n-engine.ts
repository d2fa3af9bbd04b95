import { randomBytes } from 'node:crypto';
import type { Clock } from '../../kernel/clock';
import type { AddressGuard } from '../../kernel/http-request';
import type { EngineConnection, EngineMemory } from '../port/connection';
import type { Engine } from '../port/engine';
import { checkInstance } from './check';
import { N8nDefinitions } from './definitions';
import { getExecution } from './execution-endpoints';
import { silentLog, type EngineLog } from './engine-log';
import { N8nExecutions } from './executions';
import { readRecording } from './recording';
import type { ResilienceOptions } from './resilience';
import { Runner } from './runner';
import { RunnerInstallation } from './runner-installation';
import { stageContent } from './stage-content';
import { N8nTransport } from './transport';

export interface N8nEngineOptions {
	connection: EngineConnection;
	memory: EngineMemory;
	clock: Clock;
	/** A number in [0, 1); spreads retries. */
	random: () => number;
	/** Unguessable text, at least 32 characters. Default: 256 random bits in hex. */
	newSecret?: () => string;
	log?: EngineLog;
	/** Default: every address may be called. */
	addresses?: AddressGuard;
	resilience?: ResilienceOptions;
	/** Longest wait for the end of a run or a retry, in milliseconds. Default 300 000. */
	runTimeoutMs?: number;
}

/** What runs for longer is looked after without a connection. */
const longestRunMs = 300_000;

/** The engine port on one n8n instance, over its public API. @throws invalid_request for a bad base URL */
export function createN8nEngine(options: N8nEngineOptions): Engine {
	const { connection, memory, clock, random, resilience, addresses } = options;
	const { log = silentLog, newSecret = () => randomBytes(32).toString('hex') } = options;
	const { runTimeoutMs = longestRunMs } = options;
	const transport = new N8nTransport({
		connection,
		clock,
		random,
		...(resilience === undefined ? {} : { resilience }),
		addresses,
	});
	const definitions = new N8nDefinitions(transport, clock);
	const installation = new RunnerInstallation({
		transport,
		definitions,
		memory,
		clock,
		newSecret,
		log,
	});
	const runner = new Runner({ transport, definitions, installation, clock, runTimeoutMs });
	return {
		check: async () => await checkInstance(transport),
		definitions,
		executions: new N8nExecutions({ transport, runner, installation, runTimeoutMs }),
		rehearsals: {
			recordingOf: async (id) => readRecording(await getExecution(transport, id, true)),
			stage: stageContent,
		},
	};
}
