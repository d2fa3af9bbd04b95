import type { EngineCredential } from '../engines/port/definitions';
import type { CredentialRule } from './promotion';

/** The first rule that fits, and what it leads to in the target; null when no rule speaks of it. */
export function byRule(
	rules: readonly CredentialRule[],
	source: { type: string; name: string },
	target: readonly EngineCredential[],
): { rule: CredentialRule; wanted: string; found: EngineCredential[] } | null {
	for (const rule of rules) {
		if (rule.type !== null && rule.type !== source.type) continue;
		const wanted = nameByRule(rule, source.name);
		if (wanted === null) continue;
		const found = target.filter(({ type, name }) => type === source.type && name === wanted);
		return { rule, wanted, found };
	}
	return null;
}

/** The name a rule gives in the target; null when the name does not fit its pattern. */
export function nameByRule(rule: CredentialRule, name: string): string | null {
	const [before = '', after] = rule.source.split('*');
	if (after === undefined) return name === before ? rule.target : null;
	const fits =
		name.startsWith(before) && name.endsWith(after) && name.length >= before.length + after.length;
	if (!fits) return null;
	const text = name.slice(before.length, name.length - after.length);
	return rule.target.split('*').join(text);
}
