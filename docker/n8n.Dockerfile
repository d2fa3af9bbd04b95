# n8n with the Orchestration nodes. Build from the root of the repository:
# docker build -f docker/n8n.Dockerfile .
FROM node:24-slim AS build
WORKDIR /pack
COPY package.json package-lock.json .npmrc ./
COPY sidecar/package.json sidecar/
COPY sidecar/console/package.json sidecar/console/
# No install script is needed on Node 24.
RUN npm ci --ignore-scripts
COPY tsconfig.json gulpfile.js README.md LICENSE ./
COPY credentials/ credentials/
COPY nodes/ nodes/
COPY sidecar/contract/ sidecar/contract/
RUN node node_modules/gulp/bin/gulp.js build:pack \
	&& npm pack --ignore-scripts \
	&& mkdir /packed \
	&& tar xzf n8n-nodes-orchestration-*.tgz -C /packed

# The image runs as its own user `node`.
FROM n8nio/n8n:2.40.7
COPY --from=build /packed/package /opt/n8n-nodes-orchestration
COPY --chmod=0755 docker/n8n-entrypoint.sh /usr/local/bin/n8n-with-orchestration
HEALTHCHECK --interval=10s --timeout=5s --start-period=120s --retries=3 \
	CMD ["node", "-e", "fetch('http://127.0.0.1:5678/healthz/readiness').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["tini", "--", "/usr/local/bin/n8n-with-orchestration"]
