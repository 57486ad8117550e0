#!/usr/bin/env bash
# Gets the program of a release, checks it against the release's checksums, and puts it on the PATH of later steps.
# VERSION is that of the release; BASE_URL is where releases lie.
set -euo pipefail
: "${VERSION:?}" "${BASE_URL:?}" "${RUNNER_TEMP:?}" "${GITHUB_PATH:?}"

case "$(uname -s)-$(uname -m)" in
    Linux-x86_64) target=x86_64-unknown-linux-musl ;;
    Linux-aarch64) target=aarch64-unknown-linux-musl ;;
    Darwin-x86_64) target=x86_64-apple-darwin ;;
    Darwin-arm64) target=aarch64-apple-darwin ;;
    *) echo "::error::there is no idtoken-lint for $(uname -s) $(uname -m)"; exit 2 ;;
esac

folder=$RUNNER_TEMP/idtoken-lint
mkdir -p "$folder"
cd "$folder"
archive=idtoken-lint-$target.tgz
for file in "$archive" SHA256SUMS; do
    curl --fail --silent --show-error --location --retry 3 --output "$file" "$BASE_URL/v$VERSION/$file"
done
if command -v sha256sum >/dev/null; then check=(sha256sum); else check=(shasum -a 256); fi
grep -F "  $archive" SHA256SUMS | "${check[@]}" --check --status - || { echo "::error::$archive is not what was released"; exit 2; }
tar -xzf "$archive" --strip-components=1
echo "$folder" >>"$GITHUB_PATH"
"$folder/idtoken-lint" --version
