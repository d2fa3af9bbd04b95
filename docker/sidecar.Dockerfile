# The sidecar, and with another command its worker, without the embedded Postgres: it needs DATABASE_URL and ORCHESTRATION_ENCRYPTION_KEY.
# Build from the root of the repository: docker build -f docker/sidecar.Dockerfile .
FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY sidecar/package.json sidecar/
COPY sidecar/console/package.json sidecar/console/
# No install script is needed on Node 24.
RUN npm ci --ignore-scripts
COPY tsconfig.json gulpfile.js ./
COPY sidecar/ sidecar/
RUN node node_modules/gulp/bin/gulp.js build:sidecar build:console --series

FROM node:24-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=5680
# Which certificates a worker trusts that speaks to Temporal over TLS; Node brings its own.
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates \
	&& rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY sidecar/package.json sidecar/
COPY sidecar/console/package.json sidecar/console/
RUN npm ci -w sidecar --omit=dev --omit=optional --ignore-scripts && npm cache clean --force
COPY --from=build /app/sidecar/dist sidecar/dist
USER node
EXPOSE 5680
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
	CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/healthz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "sidecar/dist/main.js"]
