import type * as letters from '../../sidecar/contract/dead-letters';
import type * as environments from '../../sidecar/contract/environments';
import type { Problem } from '../../sidecar/contract/problem';
import type * as promotions from '../../sidecar/contract/promotions';
import type * as tokens from '../../sidecar/contract/tokens';
import type * as versions from '../../sidecar/contract/versions';
import type * as letterSchemas from '../../sidecar/http/dead-letter-schemas';
import type { replayInput } from '../../sidecar/http/dead-letters-routes';
import type * as environmentSchemas from '../../sidecar/http/environment-schemas';
import type { environmentWorkflowSchema } from '../../sidecar/http/environment-workflows-routes';
import { problemOf, problemSchema } from '../../sidecar/http/problem';
import type * as gateSchemas from '../../sidecar/http/promotion-gates-schemas';
import type * as promotionSchemas from '../../sidecar/http/promotion-schemas';
import type { releaseInput } from '../../sidecar/http/releases-routes';
import type * as tokenSchemas from '../../sidecar/http/tokens-routes';
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
	true satisfies Agrees<Out<typeof environmentWorkflowSchema>, environments.EnvironmentWorkflow>,
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
	true satisfies Agrees<Out<typeof letterSchemas.deadLetterSchema>, letters.DeadLetter>,
	true satisfies Agrees<Out<typeof letterSchemas.deadLetterDetailSchema>, letters.DeadLetterDetail>,
	true satisfies Agrees<In<typeof replayInput>, letters.ReplayRequest>,
	true satisfies Agrees<Pick<Out<typeof problemSchema>, ProblemField>, Pick<Problem, ProblemField>>,
];

it('holds schemas and wire types together when compiling', () => {
	expect(agreements).not.toContain(false);
});

it('writes problems that fit their own schema', () => {
	expect(() => problemSchema.parse(problemOf(new Error('x'), 'request-1'))).not.toThrow();
});
