import type { PromotionPorts } from '../promotion-ports';
import type { WatchStore } from '../watch/watch-store';
import type { GateStore } from './gate-store';

/** What a promotion tells the rest of the product; never a secret. */
export interface PromotionNews {
	type: 'promotion.regression' | 'promotion.awaiting-approval' | 'promotion.hold';
	/** The promotion. */
	subject: string;
	data: Record<string, unknown>;
}

export interface GatePorts extends PromotionPorts {
	gates: GateStore;
	watches: WatchStore;
	tell(news: PromotionNews): Promise<void>;
}
