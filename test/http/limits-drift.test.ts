import type * as circuits from '../../sidecar/contract/circuits';
import type * as limits from '../../sidecar/contract/rate-limits';
import type * as circuitSchemas from '../../sidecar/http/circuit-schemas';
import type * as concurrencySchemas from '../../sidecar/http/concurrency-schemas';
import type * as quotas from '../../sidecar/http/quotas-routes';
import type * as limitSchemas from '../../sidecar/http/rate-limit-schemas';

type In<S extends { _zod: { input: unknown } }> = S['_zod']['input'];
type Out<S extends { _zod: { output: unknown } }> = S['_zod']['output'];
/** Each can be given where the other is asked for. */
type Alike<A, B> = [A, B] extends [B, A] ? true : false;
type Same<A, B> = Alike<A, B> extends true ? Alike<keyof A, keyof B> : false;

/** Does not compile when a schema and the type the nodes are built on part ways. */
const agreements: true[] = [
	true satisfies Same<In<typeof circuitSchemas.circuitPolicyInput>, circuits.CircuitPolicy>,
	true satisfies Same<Out<typeof circuitSchemas.circuitSchema>, circuits.Circuit>,
	true satisfies Same<In<typeof circuitSchemas.permitInput>, circuits.PermitRequest>,
	true satisfies Same<Out<typeof circuitSchemas.permitAnswerSchema>, circuits.PermitAnswer>,
	true satisfies Same<In<typeof circuitSchemas.outcomeInput>, circuits.OutcomeReport>,
	true satisfies Same<In<typeof circuitSchemas.forceInput>, circuits.ForceRequest>,
	true satisfies Same<In<typeof limitSchemas.rateLimitPolicyInput>, limits.RateLimitPolicy>,
	true satisfies Same<Out<typeof limitSchemas.rateLimitSchema>, limits.RateLimit>,
	true satisfies Same<In<typeof limitSchemas.reservationInput>, limits.ReservationRequest>,
	true satisfies Same<Out<typeof limitSchemas.reservationAnswerSchema>, limits.ReservationAnswer>,
	true satisfies Same<In<typeof limitSchemas.feedbackInput>, limits.FeedbackRequest>,
	true satisfies Same<In<typeof concurrencySchemas.concurrencyInput>, limits.ConcurrencyRequest>,
	true satisfies Same<
		Out<typeof concurrencySchemas.concurrencyAnswerSchema>,
		limits.ConcurrencyAnswer
	>,
	true satisfies Same<In<typeof concurrencySchemas.renewInput>, limits.LeaseRenewal>,
	true satisfies Same<Out<typeof concurrencySchemas.concurrencySchema>, limits.Concurrency>,
	true satisfies Same<In<typeof quotas.quotaInput>, limits.QuotaPolicy>,
	true satisfies Same<Out<typeof quotas.quotaSchema>, limits.Quota>,
];

it('holds schemas and wire types together when compiling', () => {
	expect(agreements).not.toContain(false);
});
