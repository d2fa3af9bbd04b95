import { globSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export const repository = path.join(__dirname, '..', '..');

export interface Block {
	language: string;
	text: string;
	/** Where its text begins in the page. */
	start: number;
}

export interface Page {
	/** Below the repository. */
	file: string;
	text: string;
	blocks: Block[];
	headings: string[];
	/** Targets of links, outside code. */
	links: string[];
}

/** Every page of ours. */
export function allPages(): Page[] {
	return globSync(['*.md', 'docs/**/*.md', '.github/**/*.md'], { cwd: repository })
		.sort()
		.map(readPage);
}

export function readPage(file: string): Page {
	const text = readFileSync(path.join(repository, file), 'utf8');
	const blocks: Block[] = [];
	const prose = text.replaceAll(
		/^```(\w*)\n([\s\S]*?)^```$/gm,
		(whole: string, language: string, body: string, at: number) => {
			blocks.push({ language, text: body, start: at + whole.indexOf('\n') + 1 });
			return whole.replaceAll(/[^\n]/g, '');
		},
	);
	const headings = [...prose.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading);
	const links = [...prose.replaceAll(/`[^`\n]*`/g, '').matchAll(/\]\(([^)\s]+)\)/g)].map(
		([, target = '']) => target,
	);
	return { file, text, blocks, headings, links };
}

/** The anchor GitHub gives a heading. */
export function anchorOf(heading: string): string {
	return heading
		.toLowerCase()
		.replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
		.replaceAll(' ', '-');
}

/** Puts other texts into the blocks named, which come in the order of the page, and writes it. */
export function rewriteBlocks(page: Page, texts: Map<Block, string>): void {
	let { text } = page;
	for (const [{ start, text: old }, next] of [...texts].reverse()) {
		text = text.slice(0, start) + next + text.slice(start + old.length);
	}
	writeFileSync(path.join(repository, page.file), text);
}
