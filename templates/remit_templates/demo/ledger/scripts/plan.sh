#!/bin/sh
set -eu
terraform -chdir=infra plan -out=tfplan
