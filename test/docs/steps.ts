import { readPage, type Block, type Page } from './markdown';

/** Something a reader types, and what the page says comes back. */
export interface Step {
	heading: string;
	command: Block;
	answer: Block | null;
	/** Variables to keep from the answer: name → path as jq has it. */
	keep: Record<string, string>;
}

/**
 * The commands of a page in their order: every `sh` block, with the `json` block that follows it. A
 * comment `<!-- NAME = .path -->` after them says what the next commands need of the answer.
 */
export function stepsOf(page: Page, from = 0, to = page.text.length): Step[] {
	const inside = page.blocks.filter(({ start }) => start >= from && start < to);
	return inside.flatMap((command, at) => {
		if (command.language !== 'sh') return [];
		const next = inside[at + 1];
		const end = inside.slice(at + 1).find(({ language }) => language === 'sh')?.start ?? to;
		return [
			{
				heading: headingBefore(page.text, command.start),
				command,
				answer: next?.language === 'json' ? next : null,
				keep: kept(page.text.slice(command.start, end)),
			},
		];
	});
}

/** The part of a page below one heading, as offsets. */
export function sectionOf(file: string, heading: string): { page: Page; from: number; to: number } {
	const page = readPage(file);
	const from = page.text.indexOf(`\n## ${heading}\n`);
	if (from < 0) throw new Error(`${file} has no section "${heading}"`);
	const to = page.text.indexOf('\n## ', from + 1);
	return { page, from, to: to < 0 ? page.text.length : to };
}

function headingBefore(text: string, at: number): string {
	return [...text.slice(0, at).matchAll(/^#+ (.+)$/gm)].at(-1)?.[1] ?? '';
}

function kept(text: string): Record<string, string> {
	const pairs = [...text.matchAll(/<!--(.+?)-->/g)].flatMap(([, inner = '']) =>
		[...inner.matchAll(/(\w+) = (\.[\w.]+)/g)].map(
			([, name = '', jsonPath = '']) => [name, jsonPath] as const,
		),
	);
	return Object.fromEntries(pairs);
}
