#!/usr/bin/env bash
# Every place that names the version names the same one, and the tag too if one is given: version.sh [TAG]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)
status=0
expect() {
    # where, and what must be in it
    grep -qF -- "$2" "$1" || { printf '%s should say %s\n' "$1" "$2" >&2; status=1; }
}
expect pyproject.toml "version = \"$version\""
expect pyproject.toml "\"idtoken-lint==$version\""
expect action.yml "default: $version"
expect docs/ci.md "idtoken-lint/idtoken-lint@v$version"
expect docs/ci.md "idtoken-lint@$version check"
expect docs/commit-hooks.md "rev: v$version"
expect CHANGELOG.md "## $version"
if [ $# -gt 0 ] && [ "$1" != "v$version" ]; then
    printf 'the tag is %s, the version %s\n' "$1" "$version" >&2
    status=1
fi
exit "$status"
