#!/usr/bin/env bash
# Adds a customer's own domain. Run it by hand: the token comes from the password manager and stays out of the tree.
set -euo pipefail
: "${DOMAINS_TOKEN:?unlock the password manager first}"
curl -sS https://backboard.railway.com/graphql/v2 \
  -H "Authorization: Bearer ${DOMAINS_TOKEN}" \
  -H "Content-Type: application/json" \
  -d "{\"query\": \"mutation { customDomainCreate(input: {domain: \\\"$1\\\"}) { id } }\"}"
