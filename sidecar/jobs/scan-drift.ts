import { scheduleOf, scanDrift } from '../drift/scan';
import type { DriftPorts } from '../drift/drift-ports';
import type { Environment } from '../environments/environment';
import type { Log } from '../monitoring/log';
import type { Job } from './job';

export interface ScanDriftPorts extends DriftPorts {
	environments(): Promise<Environment[]>;
	log: Log;
}

/** Looks at each environment when its schedule says so. One that is away does not hold up the others. */
export function scanEnvironments(ports: ScanDriftPorts): Job {
	return {
		name: 'scan-drift',
		everySeconds: 30,
		run: async () => {
			for (const { name, engine } of await ports.environments()) {
				if (engine === 'n8n') await scanIfDue(ports, name);
			}
		},
	};
}

async function scanIfDue(ports: ScanDriftPorts, environment: string): Promise<void> {
	const { drift, clock, log } = ports;
	const nextAt = ports.nextRun(await scheduleOf(ports, environment));
	if (nextAt === null) return;
	const last = await drift.lastScan(environment);
	if (!last?.nextAt) {
		await drift.schedule(environment, nextAt);
		return;
	}
	if (last.nextAt > clock.now()) return;
	try {
		const { findings, change } = await scanDrift(ports, environment);
		const [found, gone] = [change.found.length, change.gone.length];
		if (found + gone > 0) log.warn({ environment, found, gone, open: findings.length }, 'drift');
	} catch (error) {
		const message = error instanceof Error ? error.message : String(error);
		await drift.recordFailure(environment, message, nextAt);
		log.info({ environment, err: error }, 'drift cannot be looked for right now');
	}
}
