import type { PromotionPorts } from '../promotion-ports';
import type { WatchStore } from '../watch/watch-store';
import type { GateStore } from './gate-store';

/** What a promotion tells the rest of the product; never a secret. */
export interface PromotionNews {
	type: 'promotion.regressed';
	/** The promotion. */
	subject: string;
	environment: string;
	data: Record<string, unknown>;
	/** The same for the same news. */
	dedupId: string;
}

export interface GatePorts extends PromotionPorts {
	gates: GateStore;
	watches: WatchStore;
	tell(news: PromotionNews): Promise<void>;
}
