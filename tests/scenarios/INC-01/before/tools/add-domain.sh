#!/usr/bin/env bash
# Adds a customer's own domain. The token below is for domains, and for nothing else.
set -euo pipefail
curl -sS https://backboard.railway.com/graphql/v2 \
  -H "Authorization: Bearer @@uuid:domains@@" \
  -H "Content-Type: application/json" \
  -d "{\"query\": \"mutation { customDomainCreate(input: {domain: \\\"$1\\\"}) { id } }\"}"
