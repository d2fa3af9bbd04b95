import { readonly, ref } from 'vue';

export interface Question {
	title: string;
	/** What will happen, and whether it can be undone. One paragraph each. */
	consequences: string[];
	/** On the button: the verb, not OK. */
	verb: string;
	danger?: boolean;
	/** Asks for a reason, which goes into the audit log. */
	reason?: { label: string; isRequired: boolean };
}

const question = ref<Question | null>(null);
let answer: (answered: Answer | null) => void = () => undefined;

interface Answer {
	reason: string;
}

/** Asks in a dialog that says what will happen. Null: no. */
export async function confirm(asked: Question): Promise<Answer | null> {
	answer(null);
	question.value = asked;
	return await new Promise((resolve) => (answer = resolve));
}

/** For the dialog itself. */
export function usePendingQuestion() {
	return {
		question: readonly(question),
		settle: (given: Answer | null) => {
			question.value = null;
			answer(given);
		},
	};
}
