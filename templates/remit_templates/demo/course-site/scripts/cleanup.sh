#!/bin/sh
cd infra && terraform destroy -auto-approve
