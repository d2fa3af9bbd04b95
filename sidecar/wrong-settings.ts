import { OrchestrationError } from './kernel/errors';

export interface WrongSetting {
	name: string;
	expected: string;
	/** What came; of a secret only its length. */
	got: string;
	remedy: string;
}

interface Description {
	expected: string;
	remedy: string;
	secret?: boolean;
}

export function wrongSetting(name: string, description: Description, value: string): WrongSetting {
	return {
		name,
		expected: description.expected,
		got: description.secret
			? `a value of ${value.length} characters`
			: JSON.stringify(value.slice(0, 200)),
		remedy: description.remedy,
	};
}

export function invalid(wrong: WrongSetting[]): OrchestrationError {
	const lines = wrong.map(
		({ name, expected, got, remedy }) => `${name}: expected ${expected}, got ${got}; ${remedy}.`,
	);
	return new OrchestrationError(
		'configuration_invalid',
		`Cannot start, ${wrong.length} wrong in the environment:\n${lines.join('\n')}`,
		{ details: { settings: wrong } },
	);
}

export const noPublicUrl: WrongSetting = {
	name: 'ORCHESTRATION_PUBLIC_URL',
	expected: 'the address people open, since an identity provider sends them back to it',
	got: 'nothing',
	remedy: 'set it like https://orchestration.example.com',
};
