import { freshDatabase } from '../support/postgres/fresh-database';
import { type SidecarProcess, startSidecar } from '../support/sidecar/sidecar-process';

export interface Replicas {
	all: SidecarProcess[];
	/** Sends a request to the n-th replica and gives its answer. */
	post<Answer>(nth: number, path: string, body?: object): Promise<Answer>;
	stop(): Promise<void>;
}

/** Several built sidecars on one database, each a process of its own. */
export async function startReplicas(count: number): Promise<Replicas> {
	const database = await freshDatabase();
	const all: SidecarProcess[] = [];
	try {
		const env = { LOG_LEVEL: 'error' };
		for (let nth = 0; nth < count; nth += 1) {
			all.push(await startSidecar({ databaseUrl: database.connectionString, env }));
		}
	} catch (error) {
		await Promise.all(all.map(async (each) => await each.stop()));
		await database.drop();
		throw error;
	}
	return {
		all,
		post: async <Answer>(nth: number, path: string, body: object = {}) => {
			const replica = all[nth % all.length];
			if (!replica) throw new Error('there is no replica');
			const answer = await replica.api<Answer>(path, { body });
			if (answer.ok) return answer.body;
			throw new Error(`${path} answered ${answer.status} ${JSON.stringify(answer.body)}`);
		},
		stop: async () => {
			await Promise.all(all.map(async (each) => await each.stop()));
			await database.drop();
		},
	};
}
