import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { allPages, anchorOf, readPage, repository, type Page } from './markdown';

const pages = allPages();

it('finds the pages', () => {
	expect(pages.map(({ file }) => file)).toEqual(
		expect.arrayContaining(['README.md', 'CONTRIBUTING.md', 'docs/api.md', 'docs/operate.md']),
	);
});

it.each(pages.map((page) => [page.file, page] as const))(
	'%s has no link that leads nowhere',
	(_file, page) => {
		const dead = page.links.filter((link) => !/^[a-z]+:/.test(link) && !leads(page, link));
		expect(dead).toEqual([]);
	},
);

it('can be reached from the README, every page', () => {
	const seen = new Set<string>();
	const visit = (file: string) => {
		if (seen.has(file)) return;
		seen.add(file);
		for (const target of targetsOf(readPage(file))) if (target.endsWith('.md')) visit(target);
	};
	visit('README.md');
	expect(pages.map(({ file }) => file).filter((file) => !seen.has(file))).toEqual([]);
});

function leads(page: Page, link: string): boolean {
	const [file = '', anchor] = link.split('#');
	const target = file === '' ? page.file : fileOf(page, file);
	const full = path.join(repository, target);
	if (!existsSync(full)) return false;
	if (anchor === undefined || statSync(full).isDirectory()) return true;
	return readPage(target).headings.map(anchorOf).includes(anchor);
}

/** Files and folders a page links to; of a folder, its pages. */
function targetsOf(page: Page): string[] {
	return page.links
		.filter((link) => !/^[a-z]+:|^#/.test(link))
		.map((link) => fileOf(page, link.split('#')[0] ?? ''))
		.filter((file) => existsSync(path.join(repository, file)))
		.flatMap((file) =>
			statSync(path.join(repository, file)).isDirectory()
				? pages.map((each) => each.file).filter((each) => path.dirname(each) === file)
				: [file],
		);
}

function fileOf(page: Page, link: string): string {
	return path.join(path.dirname(page.file), link).replace(/\/$/, '');
}
