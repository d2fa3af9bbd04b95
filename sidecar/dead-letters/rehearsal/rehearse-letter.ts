import type { Engine } from '../../engines/port/engine';
import type { StagedContent } from '../../engines/port/rehearsals';
import type { RunOutcome } from '../../engines/port/run';
import type { WorkflowContent } from '../../engines/port/workflow';
import { type ErrorCode, isOrchestrationError, OrchestrationError } from '../../kernel/errors';
import type { DeadLetter } from '../dead-letter';
import { findLetter } from '../find-letter';
import { ownRecording, successfulRecordings } from './recordings';
import type { LetterVerdict, Rehearsal } from './rehearsal';
import type { RehearsalPorts } from './start-rehearsal';

/** What the letters of one rehearsal have in common, looked up once a round. */
export interface Scene {
	/** The candidate, as its environment would have it, for a trigger. */
	mapped: Map<string, Promise<Mapped>>;
	successes: Map<string, ReturnType<typeof successfulRecordings>>;
}

interface Mapped {
	/** Whole, with the ids of where it was taken. */
	original: WorkflowContent;
	/** With the ids of the environment, and without what reaches outside. */
	here: WorkflowContent;
}

export function newScene(): Scene {
	return { mapped: new Map(), successes: new Map() };
}

/**
 * Runs the candidate with what the letter's trigger gave; every node that reaches outside gives what
 * was recorded. What cannot be told is an answer.
 * @throws engine_* of an engine that is away, database_unavailable
 */
export async function rehearseLetter(
	ports: RehearsalPorts,
	rehearsal: Rehearsal,
	letterId: string,
	scene: Scene,
): Promise<LetterVerdict> {
	const letter = await findLetter(ports, letterId);
	const no = whyNot(letter);
	if (no) return cannotTell(no);
	try {
		const engine = await ports.engineOf(rehearsal.environment);
		const staged = await stage(ports, rehearsal, engine, letter, scene);
		const { trigger } = letter;
		const outcome = await engine.executions.run({
			workflowId: letter.workflowId,
			apart: true,
			content: staged.content,
			triggerNode: trigger?.node ?? '',
			items: trigger?.items ?? [],
			traceparent: ports.newTraceparent(),
			runKey: `rehearsal-${rehearsal.id}-${letterId}`,
		});
		return await verdictOf(engine, staged, outcome);
	} catch (error) {
		if (!isOrchestrationError(error) || away.has(error.code)) throw error;
		return cannotTell(`${error.code}: ${error.message}`);
	}
}

/** It is tried again when it answers. */
const away: ReadonlySet<ErrorCode> = new Set([
	'engine_unreachable',
	'engine_circuit_open',
	'engine_rate_limited',
	'engine_unauthorized',
	'engine_forbidden',
	'database_unavailable',
]);

function whyNot({ trigger, origin }: DeadLetter): string | null {
	if (trigger === null) return 'Nothing is known of what started the failed execution.';
	if (origin === 'error-output') {
		return 'Its execution went on after the error and succeeded: that it would succeed again says nothing.';
	}
	if (trigger.items.some(({ binary }) => binary)) {
		return 'What started it holds files, which stay in the n8n they came to.';
	}
	return null;
}

async function stage(
	ports: RehearsalPorts,
	rehearsal: Rehearsal,
	engine: Engine,
	letter: DeadLetter,
	scene: Scene,
): Promise<StagedContent> {
	const node = letter.trigger?.node ?? '';
	const { original, here } = await remembered(scene.mapped, node, async () => {
		return await mapFor(ports, rehearsal, engine, node);
	});
	const source = await ports.engineOf(letter.environment);
	const own = await ownRecording(source, letter);
	const { workflowId } = letter;
	const others = await remembered(scene.successes, workflowId, async () => {
		return await successfulRecordings(source, workflowId);
	});
	const recordings = own ? [own, ...others] : others;
	const staged = rehearsalsOf(engine).stage(original, node, recordings);
	// What was put in place of a node is the same everywhere; the others have the ids of the environment.
	const replaced = new Set([...staged.assumed, ...staged.unknown].map((each) => each.node));
	const known = new Map(here.nodes.map((each) => [each.name, each]));
	const nodes = staged.content.nodes.map((each) =>
		replaced.has(each.name) ? each : (known.get(each.name) ?? each),
	);
	return { ...staged, content: { ...staged.content, nodes } };
}

async function mapFor(
	ports: RehearsalPorts,
	{ versionId, environment }: Rehearsal,
	engine: Engine,
	triggerNode: string,
): Promise<Mapped> {
	const version = await ports.versions.find(versionId);
	if (!version) throw new OrchestrationError('version_not_found', `Version ${versionId} is gone.`);
	let original = version.content;
	const here = await ports.contentIn(version, environment, (content) => {
		original = content;
		return rehearsalsOf(engine).stage(content, triggerNode, []).content;
	});
	return { original, here };
}

function rehearsalsOf({ rehearsals }: Engine) {
	if (rehearsals) return rehearsals;
	throw new OrchestrationError('rehearsal_not_possible', 'The engine there rehearses nothing.');
}

async function verdictOf(
	engine: Engine,
	{ assumed, unknown }: StagedContent,
	outcome: RunOutcome,
): Promise<LetterVerdict> {
	if (outcome.status === 'in-doubt' || outcome.status === 'running') {
		return cannotTell('The run did not end within the time a run may take.');
	}
	const { executionId } = outcome;
	if (outcome.status === 'success') {
		return { verdict: 'succeeds', node: null, message: null, executionId, assumed };
	}
	const detail = executionId === null ? null : await engine.executions.get(executionId);
	const node = detail?.failure?.node ?? null;
	const message = detail?.failure?.message ?? outcome.message;
	const stopped = unknown.find((each) => each.node === node);
	if (stopped) return { verdict: 'cannot-tell', node, message: stopped.why, executionId, assumed };
	const isPlayed = assumed.some((each) => each.node === node);
	return { verdict: isPlayed ? 'cannot-tell' : 'fails', node, message, executionId, assumed };
}

function cannotTell(message: string): LetterVerdict {
	return { verdict: 'cannot-tell', node: null, message, executionId: null, assumed: [] };
}

async function remembered<Value>(
	known: Map<string, Promise<Value>>,
	key: string,
	find: () => Promise<Value>,
): Promise<Value> {
	const found = known.get(key) ?? find();
	known.set(key, found);
	return await found;
}
