import type { DecidedRows } from '../kernel/decide';
import type { Circuit } from './circuit';

/** Port of the circuits: decisions of the whole fleet on one circuit are made one after the other. */
export type CircuitStore = DecidedRows<Circuit>;
