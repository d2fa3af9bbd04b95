import type * as joins from '../../sidecar/contract/joins';
import type * as parking from '../../sidecar/contract/parking';
import type * as budgets from '../../sidecar/contract/retry-budgets';
import type * as joinSchemas from '../../sidecar/http/join-schemas';
import type * as parkedSchemas from '../../sidecar/http/parked-schemas';
import type * as budgetSchemas from '../../sidecar/http/retry-budget-schemas';

type In<S extends { _zod: { input: unknown } }> = S['_zod']['input'];
type Out<S extends { _zod: { output: unknown } }> = S['_zod']['output'];
/** Each can be given where the other is asked for. */
type Alike<A, B> = [A, B] extends [B, A] ? true : false;
type Same<A, B> = Alike<A, B> extends true ? Alike<keyof A, keyof B> : false;

/** Does not compile when a schema and the type the nodes are built on part ways. */
const agreements: true[] = [
	true satisfies Same<In<typeof parkedSchemas.parkInput>, parking.ParkRequest>,
	true satisfies Same<Out<typeof parkedSchemas.parkedSchema>, parking.Parked>,
	true satisfies Same<In<typeof joinSchemas.joinInput>, joins.JoinRequest>,
	true satisfies Same<Out<typeof joinSchemas.joinSchema>, joins.Join>,
	true satisfies Same<Out<typeof joinSchemas.childResultSchema>, joins.ChildResult>,
	true satisfies Same<In<typeof budgetSchemas.retryBudgetPolicyInput>, budgets.RetryBudgetPolicy>,
	true satisfies Same<Out<typeof budgetSchemas.retryBudgetSchema>, budgets.RetryBudget>,
	true satisfies Same<In<typeof budgetSchemas.withdrawalInput>, budgets.WithdrawalRequest>,
	true satisfies Same<Out<typeof budgetSchemas.withdrawalAnswerSchema>, budgets.WithdrawalAnswer>,
];

it('holds schemas and wire types together when compiling', () => {
	expect(agreements).not.toContain(false);
});
