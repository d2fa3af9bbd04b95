/**
 * `npm run types`: writes the types the console has of the REST API. They are not committed; typecheck
 * makes them anew each time, so a page that no longer fits the contract does not pass.
 */
const { writeFileSync } = require('node:fs');
const path = require('node:path');

process.env.TS_NODE_PROJECT = path.join(__dirname, '../../tsconfig.json');
require('@swc-node/register');
const { apiTypes } = require('./api-types.ts');

const file = path.join(__dirname, '../../../sidecar/console/api/schema.d.ts');
apiTypes().then((types) => writeFileSync(file, types));
