/** Which processes run. One that has ended but that nobody collected (a zombie) does not count. */
const fs = require('node:fs');
const { isAlive } = require('../../n8n/folder-lock.cjs');

const hasProc = fs.existsSync('/proc/self/stat');

function isRunning(pid) {
	return hasProc ? statOf(pid)?.ended === false : isAlive(pid);
}

function groupMembers(group) {
	if (!hasProc) return isAlive(-group) ? [group] : [];
	return fs.readdirSync('/proc').flatMap((name) => {
		const stat = /^\d+$/.test(name) ? statOf(name) : undefined;
		return stat?.group === group && !stat.ended ? [Number(name)] : [];
	});
}

function statOf(pid) {
	let line;
	try {
		line = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
	} catch (error) {
		if (error.code === 'ENOENT' || error.code === 'ESRCH') return undefined;
		throw error;
	}
	// The name in brackets may hold spaces; what follows is: state, parent, group.
	const [state, , group] = line.slice(line.lastIndexOf(')') + 2).split(' ');
	return { group: Number(group), ended: state === 'Z' || state === 'X' };
}

module.exports = { isRunning, groupMembers };
