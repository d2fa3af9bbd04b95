import { spawn, spawnSync, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

export interface Ran {
	status: number;
	/** Standard output. */
	output: string;
	/** Standard error. */
	errors: string;
}

/** One bash that keeps its variables from block to block, as a reader's terminal does. */
export interface Shell {
	run(text: string): Promise<Ran>;
	close(): Promise<void>;
}

export function openShell(env: Record<string, string>): Shell {
	const bash = spawn('bash', ['--noprofile', '--norc'], {
		env: { PATH: withJq(process.env['PATH'] ?? ''), ...env },
	});
	const end = `end-of-block-${process.pid}`;
	const ended = once(bash, 'exit');
	return {
		run: async (text) => {
			const said = listen(bash, end);
			const mark = `printf '\\n%s %s\\n' ${end} $ended`;
			bash.stdin.write(`${text}\nended=$?; ${mark}; ${mark} >&2\n`);
			return await said;
		},
		close: async () => {
			bash.kill('SIGKILL');
			await ended;
		},
	};
}

function withJq(searched: string): string {
	const known = spawnSync('jq', ['--version']).status === 0;
	return known ? searched : `${path.join(__dirname, 'bin')}${path.delimiter}${searched}`;
}

async function listen(bash: ChildProcessWithoutNullStreams, end: string): Promise<Ran> {
	const [out, errors] = await Promise.all([readTo(bash.stdout, end), readTo(bash.stderr, end)]);
	return { status: out.status, output: out.text, errors: errors.text };
}

async function readTo(
	stream: ChildProcessWithoutNullStreams['stdout'],
	end: string,
): Promise<{ text: string; status: number }> {
	const pattern = new RegExp(`\\n${end} (\\d+)\\n`);
	let said = '';
	return await new Promise((resolve) => {
		const take = (chunk: Buffer) => {
			said += chunk.toString('utf8');
			const found = pattern.exec(said);
			if (!found) return;
			stream.off('data', take);
			resolve({ text: said.slice(0, found.index), status: Number(found[1]) });
		};
		stream.on('data', take);
	});
}
