#!/bin/sh
# n8n looks for node packs inside its data folder. That is a volume and hides what the image has
# there, so the pack is put into it at each start; a newer image brings its newer pack that way.
set -eu
packs="${N8N_USER_FOLDER:-/home/node}/.n8n/nodes/node_modules"
mkdir -p "$packs"
rm -rf "$packs/n8n-nodes-orchestration"
cp -R /opt/n8n-nodes-orchestration "$packs/n8n-nodes-orchestration"
exec /docker-entrypoint.sh "$@"
