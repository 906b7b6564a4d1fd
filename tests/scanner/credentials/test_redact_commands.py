"""Secrets on command lines, in the ways that the tools themselves take them."""

import random
import string

import pytest

from remit.credentials.redact import redact_text

SECRET = "".join(random.Random(7).choices(string.ascii_letters + string.digits, k=24)) + "a7Q"
SHORT = "".join(random.Random(9).choices(string.ascii_lowercase, k=9)) + "7!"


@pytest.mark.parametrize("secret", [SECRET, SHORT])
@pytest.mark.parametrize(
    "command",
    [
        "psql 'postgresql://u:a/{}@h/db' -c 'DROP TABLE x'",
        "mysqladmin -u root --password='x y {}' drop db",
        "redis-cli -a {} FLUSHALL",
        "mongosh -u u -p {} --eval 'db.dropDatabase()'",
        "sqlcmd -P {} -Q 'DROP TABLE x'",
        "sshpass -p {} ssh host",
        "docker login -u x -p {}",
        "vault login {}",
        "aws configure set aws_secret_access_key {}",
        "claude -p 'my password is {}'",
        "curl -H 'Authorization: Bearer {}' https://h.example",
    ],
)
def test_a_password_on_a_command_line_is_masked(command, secret):
    assert secret not in redact_text(command.format(secret))


@pytest.mark.parametrize(
    "command", ["prisma db push --url={}", "git push https://{}@github.com/x", "srv -t {}", "docker login {}"]
)
def test_what_looks_made_by_a_generator_is_masked_wherever_it_stands(command):
    assert SECRET not in redact_text(command.format(SECRET))


@pytest.mark.parametrize(
    "text",
    [
        "terraform destroy -auto-approve",
        "npx -y @modelcontextprotocol/server-postgres@1.2.3",
        "image@sha256:" + "0123456789abcdef" * 4,
        "git checkout 3f786850e387550fdab836ed7e6dc881de23001b",
        "docker run -p 8080:80 nginx",
        "mcr.microsoft.com/devcontainers/javascript-node:22",
        "/Users/someone/Projects/Application2024/src",
        "kubectl delete namespace shop-production-eu-central-1",
    ],
)
def test_what_is_no_secret_stays_readable(text):
    assert redact_text(text) == text
