import type * as audit from '../../sidecar/contract/audit';
import type * as direct from '../../sidecar/contract/direct-changes';
import type * as drift from '../../sidecar/contract/drift';
import type * as letters from '../../sidecar/contract/dead-letters';
import type * as executions from '../../sidecar/contract/executions';
import type * as environments from '../../sidecar/contract/environments';
import type { Problem } from '../../sidecar/contract/problem';
import type * as promotions from '../../sidecar/contract/promotions';
import type * as tokens from '../../sidecar/contract/tokens';
import type * as versions from '../../sidecar/contract/versions';
import type * as webhooks from '../../sidecar/contract/webhooks';
import type { entrySchema, proofSchema } from '../../sidecar/http/audit-routes';
import type * as directSchemas from '../../sidecar/http/direct-change-schemas';
import type * as driftSchemas from '../../sidecar/http/drift-schemas';
import type * as letterSchemas from '../../sidecar/http/dead-letter-schemas';
import type { replayInput } from '../../sidecar/http/dead-letters-routes';
import type * as environmentSchemas from '../../sidecar/http/environment-schemas';
import type * as executionSchemas from '../../sidecar/http/execution-schemas';
import type { environmentWorkflowSchema } from '../../sidecar/http/environment-workflows-routes';
import { problemOf, problemSchema } from '../../sidecar/http/problem';
import type * as gateSchemas from '../../sidecar/http/promotion-gates-schemas';
import type * as promotionSchemas from '../../sidecar/http/promotion-schemas';
import type { releaseInput } from '../../sidecar/http/releases-routes';
import type * as tokenSchemas from '../../sidecar/http/tokens-routes';
import type * as webhookEventSchemas from '../../sidecar/http/webhook-event-schemas';
import type { redeliverInput, redeliverRangeInput } from '../../sidecar/http/webhook-events-routes';
import type * as webhookSchemas from '../../sidecar/http/webhook-schemas';
import type * as versionSchemas from '../../sidecar/http/version-schemas';
import type { versionInput } from '../../sidecar/http/versions-routes';

/** What a schema takes in and gives out, as types. */
type In<S extends { _zod: { input: unknown } }> = S['_zod']['input'];
type Out<S extends { _zod: { output: unknown } }> = S['_zod']['output'];

type Same<A, B> =
	(<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Optional fields of zod say `| undefined`; both sides are brought to that form. */
type Plain<T> = T extends readonly (infer Item)[]
	? Plain<Item>[]
	: T extends object
		? { [Key in keyof T]: Plain<T[Key]> }
		: T;
type Agrees<A, B> = Same<Plain<A>, Plain<B>>;

/** For answers whose schema differs from the type in a corner: what goes out is what was promised. */
type Fits<A, B> = [A, keyof A & string] extends [B, keyof B] ? true : false;

/** Beside these a problem carries any fact. */
type ProblemField = 'type' | 'title' | 'status' | 'detail' | 'code' | 'instance' | 'errors';

/** Does not compile when a schema and the type the nodes are built on part ways. */
const agreements: true[] = [
	true satisfies Agrees<In<typeof tokenSchemas.tokenInput>, tokens.TokenInput>,
	true satisfies Agrees<Out<typeof tokenSchemas.tokenSchema>, tokens.Token>,
	true satisfies Agrees<Out<typeof tokenSchemas.createdTokenSchema>, tokens.CreatedToken>,
	true satisfies Agrees<
		In<typeof environmentSchemas.environmentInput>,
		environments.EnvironmentInput
	>,
	true satisfies Agrees<Out<typeof environmentSchemas.environmentSchema>, environments.Environment>,
	true satisfies Agrees<
		Out<typeof environmentSchemas.environmentCheckSchema>,
		environments.EnvironmentCheck
	>,
	true satisfies Agrees<Out<typeof directSchemas.stateSchema>, direct.WorkflowState>,
	true satisfies Agrees<Out<typeof directSchemas.pausedSchema>, direct.PausedWorkflow>,
	true satisfies Agrees<Out<typeof directSchemas.deletedSchema>, direct.DeletedWorkflow>,
	true satisfies Agrees<Out<typeof driftSchemas.findingSchema>, drift.DriftFinding>,
	true satisfies Agrees<Out<typeof driftSchemas.reportSchema>, drift.DriftReport>,
	true satisfies Agrees<In<typeof driftSchemas.ruleSchema>, drift.DriftRule>,
	true satisfies Agrees<Out<typeof entrySchema>, audit.AuditEntry>,
	true satisfies Agrees<Out<typeof proofSchema>, audit.AuditProof>,
	true satisfies Agrees<Out<typeof environmentWorkflowSchema>, environments.EnvironmentWorkflow>,
	true satisfies Agrees<In<typeof executionSchemas.executionInput>, executions.ExecutionInput>,
	true satisfies Agrees<Out<typeof executionSchemas.executionSchema>, executions.Execution>,
	true satisfies Agrees<Out<typeof executionSchemas.attemptSchema>, executions.ExecutionAttempt>,
	true satisfies Agrees<In<typeof versionInput>, versions.VersionInput>,
	true satisfies Agrees<Out<typeof versionSchemas.versionSchema>, versions.Version>,
	true satisfies Agrees<Out<typeof versionSchemas.diffSchema>, versions.VersionDiff>,
	true satisfies Fits<Out<typeof versionSchemas.exportSchema>, versions.VersionExport>,
	true satisfies Agrees<Out<typeof versionSchemas.workflowEntrySchema>, versions.WorkflowEntry>,
	true satisfies Agrees<In<typeof releaseInput>, versions.ReleaseInput>,
	true satisfies Agrees<Out<typeof versionSchemas.releaseSchema>, versions.Release>,
	true satisfies Agrees<In<typeof promotionSchemas.promotionInput>, promotions.PromotionInput>,
	true satisfies Fits<Out<typeof promotionSchemas.promotionSchema>, promotions.Promotion>,
	true satisfies Agrees<Out<typeof gateSchemas.holdSchema>, promotions.Hold>,
	true satisfies Agrees<Out<typeof gateSchemas.promotionEventSchema>, promotions.PromotionEvent>,
	true satisfies Agrees<In<typeof letterSchemas.deadLetterInput>, letters.DeadLetterInput>,
	true satisfies Agrees<In<typeof letterSchemas.deadLetterBatch>, letters.DeadLetterBatch>,
	true satisfies Agrees<
		Out<typeof letterSchemas.deadLetterBatchAnswer>,
		letters.DeadLetterBatchAnswer
	>,
	true satisfies Agrees<Out<typeof letterSchemas.deadLetterSchema>, letters.DeadLetter>,
	true satisfies Agrees<Out<typeof letterSchemas.deadLetterDetailSchema>, letters.DeadLetterDetail>,
	true satisfies Agrees<In<typeof replayInput>, letters.ReplayRequest>,
	true satisfies Agrees<In<typeof webhookSchemas.endpointInput>, webhooks.EndpointInput>,
	true satisfies Agrees<Out<typeof webhookSchemas.endpointSchema>, webhooks.Endpoint>,
	true satisfies Agrees<In<typeof webhookSchemas.subscriptionInput>, webhooks.SubscriptionInput>,
	true satisfies Agrees<Out<typeof webhookSchemas.subscriptionSchema>, webhooks.Subscription>,
	true satisfies Fits<Out<typeof webhookSchemas.putSubscriptionSchema>, webhooks.PutSubscription>,
	true satisfies Agrees<Out<typeof webhookEventSchemas.eventSchema>, webhooks.WebhookEvent>,
	true satisfies Fits<
		Out<typeof webhookEventSchemas.eventDetailSchema>,
		webhooks.WebhookEventDetail
	>,
	true satisfies Agrees<Out<typeof webhookEventSchemas.deliverySchema>, webhooks.Delivery>,
	true satisfies Fits<
		Out<typeof webhookEventSchemas.deliveryDetailSchema>,
		webhooks.DeliveryDetail
	>,
	true satisfies Agrees<In<typeof redeliverInput>, webhooks.RedeliverRequest>,
	true satisfies Agrees<In<typeof redeliverRangeInput>, webhooks.RedeliverRangeRequest>,
	true satisfies Agrees<Pick<Out<typeof problemSchema>, ProblemField>, Pick<Problem, ProblemField>>,
];

it('holds schemas and wire types together when compiling', () => {
	expect(agreements).not.toContain(false);
});

it('writes problems that fit their own schema', () => {
	expect(() => problemSchema.parse(problemOf(new Error('x'), 'request-1'))).not.toThrow();
});
