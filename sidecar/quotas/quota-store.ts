import type { DecidedRows } from '../kernel/decide';
import type { Quota } from './quota';

/** Port of the quotas, by tenant. */
export type QuotaStore = DecidedRows<Quota>;
