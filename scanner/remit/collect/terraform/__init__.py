"""Terraform and OpenTofu, evaluated as far as literals, defaults, tfvars and locals allow."""
