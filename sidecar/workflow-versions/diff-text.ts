import { isDeepStrictEqual } from 'node:util';
import type { WorkflowContent } from '../engines/port/workflow';
import { stickyNoteType } from './canonical-node';
import type { ContentDiff } from './diff';
import type { FieldChange } from './field-changes';

/** Longest value shown, in characters. */
const maxShown = 80;

export interface DiffSides {
	from: WorkflowContent;
	to: WorkflowContent;
	/** Node types by name, before and after. */
	typeOf: Map<string, string>;
	/** Whether the look differs anywhere. */
	cosmetic: boolean;
}

/** The diff for a person: `+` came, `-` went, `~` changed, `·` only looks different. One line each. */
export function diffText(diff: Omit<ContentDiff, 'text'>, sides: DiffSides): string {
	const lines: string[] = [];
	if (sides.from.name !== sides.to.name) {
		lines.push(`· name: ${shownPair(sides.from.name, sides.to.name)}`);
	}
	for (const node of diff.nodes) {
		const name = oneLine(node.name);
		if (node.change === 'added') lines.push(`+ ${name} (${kind(node.name, sides)})`);
		if (node.change === 'removed') lines.push(`- ${name} (${kind(node.name, sides)})`);
		if (node.change === 'moved') lines.push(`· ${name}: only looks different`);
		if (node.renamedFrom) lines.push(`~ ${name}: renamed from ${spelled(node.renamedFrom)}`);
		if (node.change !== 'changed') continue;
		lines.push(...node.fields.map((field) => `~ ${name}: ${fieldLine(field)}`));
	}
	for (const { change, from, to, type } of diff.connections) {
		const sign = change === 'added' ? '+' : '-';
		const kindOf = type === 'main' ? '' : ` (${type})`;
		lines.push(`${sign} ${oneLine(from)} → ${oneLine(to)}${kindOf}`);
	}
	lines.push(...diff.settings.map((field) => `~ settings: ${fieldLine(field)}`));
	if (lines.length > 0) return lines.join('\n');
	return sides.cosmetic ? '· only looks different' : 'no changes';
}

function kind(name: string, sides: DiffSides): string {
	const type = sides.typeOf.get(name) ?? 'unknown type';
	return type === stickyNoteType ? 'note' : type;
}

function fieldLine({ path, before, after }: FieldChange): string {
	if (isDeepStrictEqual(before, after)) return `${path}: a hidden value changed`;
	if (typeof before === 'string' && typeof after === 'string' && /\n/.test(before + after)) {
		const [line, was, is] = firstDifferentLine(before, after);
		return `${path} line ${line}: ${shownPair(was, is)}`;
	}
	return `${path} ${shownPair(before, after)}`;
}

/** Lines are counted from 1. */
function firstDifferentLine(
	before: string,
	after: string,
): [line: number, was: string | undefined, is: string | undefined] {
	const [was, is] = [before.split('\n'), after.split('\n')];
	let line = 0;
	while (was[line] === is[line]) line += 1;
	return [line + 1, was[line], is[line]];
}

/** Both values; long ones from shortly before where they part. */
function shownPair(before: unknown, after: unknown): string {
	const [was, is] = [spelled(before), spelled(after)];
	let parted = 0;
	while (parted < was.length && was[parted] === is[parted]) parted += 1;
	const long = Math.max(was.length, is.length) > maxShown;
	const start = long && parted > maxShown / 2 ? parted - maxShown / 4 : 0;
	return `${cut(was, start)} → ${cut(is, start)}`;
}

function spelled(value: unknown): string {
	return value === undefined ? '(none)' : oneLine(JSON.stringify(value));
}

function cut(text: string, start: number): string {
	const head = start === 0 || text.length <= start ? '' : '…';
	const rest = text.slice(head === '' ? 0 : start);
	return head + (rest.length <= maxShown ? rest : `${rest.slice(0, maxShown - 1)}…`);
}

function oneLine(text: string): string {
	return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, ' ');
}
