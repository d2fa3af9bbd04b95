import { list, setting, whole } from './setting';

/** What `npm run worker` is told beside what it shares with its sidecar. */
export const workerSettings = {
	WORKER_PORT: setting({
		schema: whole(0, 65_535).default(5681),
		expected: 'a whole number from 0 (any free port) to 65535',
		remedy: 'unset it for 5681',
	}),
	WORKER_AT_ONCE: setting({
		schema: whole(1, 2_000).default(200),
		expected: 'a whole number from 1 to 2000',
		remedy: 'unset it for 200',
	}),
	WORKER_ENVIRONMENTS: setting({
		schema: list((entry) => /^[\w.-]{1,100}$/.test(entry))
			.nullable()
			.default(null),
		expected: 'names of environments with commas between',
		remedy: 'unset it for all environments whose engine is temporal',
	}),
};
