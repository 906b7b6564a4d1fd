"""Which files hold settings: there a value is judged by the name that holds it."""

from __future__ import annotations

import re

CONFIG = re.compile(
    r"""(?:^|/)(?:
        \.?env(?:\.[^/]{1,60})? | [^/]{1,80}\.env(?:rc)?   # .env, .env.production, prod.env, .envrc
      | \.[^/]{1,80}                                     # dotfiles
      | [^/]{1,120}\.(?:ya?ml|json5?|jsonc|toml|ini|cfg|cnf|conf|config|properties|tfvars|tfstate|plist|pgpass)
      | (?:credentials|config|netrc|_netrc|pgpass\.conf|auth|secrets?)
    )$""",
    re.VERBOSE | re.IGNORECASE,
)
"""Environment files, dotfiles and configuration by extension."""

CREDENTIALS = re.compile(
    r"""(?:^|/)(?:
        \.?env(?:\.[^/]{1,60})? | [^/]{1,80}\.env(?:rc)? | \.envrc
      | \.(?:netrc|npmrc|pypirc|pgpass|my\.cnf|git-credentials|dockercfg|vault-token|terraformrc|s3cfg|boto|htpasswd)
      | _netrc | pgpass\.conf | credentials(?:\.[a-z.]{1,12})? | id_(?:rsa|dsa|ecdsa|ed25519)
      | [^/]{0,80}\.(?:tfvars|tfstate|pem|key|ppk|kubeconfig) | kubeconfig
      | [^/]{0,80}(?:secret|service[-_]?account)[^/]{0,40}\.(?:json|ya?ml|toml|ini|properties)
    )$
    | (?:^|/)\.(?:aws|kube|docker|railway|config/gh|ssh)/[^/]{1,80}$""",
    re.VERBOSE | re.IGNORECASE,
)
"""Files whose name says that credentials lie in them."""


def holds_settings(path: str) -> bool:
    """Whether a file, by its path, holds settings."""
    return bool(CONFIG.search(path[-400:]))


def holds_credentials(path: str) -> bool:
    """Whether a file, by its path, is a place where credentials are kept."""
    return bool(CREDENTIALS.search(path[-400:]))
