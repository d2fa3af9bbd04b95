import { OrchestrationError } from '../../kernel/errors';
import type { Promotion } from '../promotion';
import type { GatePorts } from './gate-ports';
import type { BreakGlass } from './gate-store';
import { notPassed, type Gate } from './gates';
import { readGates } from './read-gates';

export interface Applicant {
	name: string;
	role: string;
}

/**
 * Lets a promotion through its gates. An admin with a reason breaks the glass: then only a blocked plan
 * and a hold stop it, and what was passed over is returned to be kept.
 * @param applicant null: it goes on by itself, as a rule says
 * @throws promotion_gate_closed naming every gate that is not passed, forbidden
 */
export async function passGates(
	ports: GatePorts,
	promotion: Promotion,
	applicant: Applicant | null,
	breakGlass: { reason: string } | null,
): Promise<BreakGlass | null> {
	const shut = notPassed(await readGates(ports, promotion, applicant));
	if (breakGlass === null || applicant === null) {
		if (shut.length > 0) throw gateClosed(promotion, shut, breakGlass !== null);
		return null;
	}
	if (applicant.role !== 'admin') throw notForYou(applicant);
	const firm = shut.filter(({ name }) => name === 'plan' || name === 'hold');
	if (firm.length > 0) throw gateClosed(promotion, firm, true);
	if (shut.length === 0) return null;
	return {
		by: applicant.name,
		reason: breakGlass.reason,
		gates: shut.map(({ code }) => code),
		at: ports.clock.now(),
	};
}

export function gateClosed(
	{ id, to }: Pick<Promotion, 'id' | 'to'>,
	shut: readonly Gate[],
	broken: boolean,
): OrchestrationError {
	const sentences = shut.map(({ message }) => message).join(' ');
	const way = broken
		? 'Breaking the glass does not help here.'
		: 'In an emergency an admin may send breakGlass with a reason.';
	return new OrchestrationError(
		'promotion_gate_closed',
		`Promotion ${id} may not be applied to ${to} yet. ${sentences} ${way}`,
		{
			details: {
				id,
				gates: shut.map(({ name, state, code, message }) => ({ name, state, code, message })),
			},
		},
	);
}

function notForYou({ name, role }: Applicant): OrchestrationError {
	return new OrchestrationError(
		'forbidden',
		`Breaking the glass needs an admin, "${name}" is ${role}. Ask one, or leave breakGlass out.`,
		{ details: { expected: ['admin'], got: role } },
	);
}
