#!/usr/bin/env bash
# Runs the check or the audit on the paths that were given, one a line, and says where the SARIF file is.
set -euo pipefail
: "${COMMAND:?}" "${SARIF:?}" "${GITHUB_OUTPUT:?}"

arguments=()
while IFS= read -r argument; do
    [ -z "$argument" ] || arguments+=("$argument")
done <<<"${ARGUMENTS:-}"
paths=()
while IFS= read -r path; do
    [ -z "$path" ] || paths+=("$path")
done <<<"${PATHS:-.}"
case $COMMAND in check | audit) ;; *) echo "::error::command is check or audit, not $COMMAND"; exit 2 ;; esac

echo "sarif=$SARIF" >>"$GITHUB_OUTPUT"
status=0
idtoken-lint "$COMMAND" --format github --output "sarif=$SARIF" ${arguments[@]+"${arguments[@]}"} -- "${paths[@]}" || status=$?
echo "status=$status" >>"$GITHUB_OUTPUT"
# findings fail the step only where that is wanted; what went wrong always does
if [ "$status" -eq 1 ] && [ "${FAIL:-true}" = false ]; then status=0; fi
exit "$status"
