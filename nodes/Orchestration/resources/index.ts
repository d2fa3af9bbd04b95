import type { Resource } from '../operation';
import { bulkReplay } from './bulk-replay';
import { circuit } from './circuit';
import { concurrency } from './concurrency';
import { deadLetter } from './dead-letter';
import { execution } from './execution';
import { promotion } from './promotion';
import { quota } from './quota';
import { rateLimit } from './rate-limit';
import { rehearsal } from './rehearsal';
import { release } from './release';
import { replaySchedule } from './replay-schedule';
import { version } from './version';
import { webhookEvent } from './webhook-event';

export const resources: Record<string, Resource> = {
	bulkReplay,
	circuit,
	concurrency,
	deadLetter,
	execution,
	promotion,
	quota,
	rateLimit,
	rehearsal,
	release,
	replaySchedule,
	version,
	webhookEvent,
};
