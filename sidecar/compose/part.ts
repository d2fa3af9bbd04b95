import type { Route } from '../http/route';
import type { Job } from '../jobs/job';

/** Runs beside the requests, from start to stop. */
export interface Service {
	start(): void;
	stop(): Promise<void>;
}

/** What a group of rooms adds to the sidecar. */
export interface Part {
	routes: Route[];
	jobs: Job[];
	services: Service[];
}
