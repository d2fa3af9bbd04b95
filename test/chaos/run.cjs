/** `npm run test:chaos`: the long form, see settings.ts. */
const long = { CHAOS_EVENTS: '5000', CHAOS_KILLS: '20' };
for (const [name, value] of Object.entries(long)) process.env[name] ??= value;
process.argv.splice(2, process.argv.length, 'test/chaos');
require('../run.cjs');
