import type { Promotion } from '../promotion/promotion';
import type { AuditTrail } from './audit-trail';

/** Writes down where a promotion has got to by itself; who planned and applied it is there already. */
export async function notePhase(trail: AuditTrail, promotion: Promotion): Promise<void> {
	const { id, phase, to, rollbackOf, reason } = promotion;
	if (phase === 'verifying') return;
	await trail.append({
		actor: 'system:promotion',
		action: `promotion.${phase}`,
		subject: id,
		environment: to,
		outcome: phase === 'succeeded' ? 'ok' : 'failed',
		requestId: null,
		details: { rollbackOf, reason },
	});
}
