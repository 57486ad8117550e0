#!/usr/bin/env bash
# Packs the program of one target as releases hold it: archive.sh TARGET BINARY FOLDER
set -euo pipefail
target=${1:?target} binary=${2:?binary} folder=${3:?folder}
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
name=idtoken-lint-$target
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/$name"
cp "$binary" "$work/$name/"
cp "$root"/README.md "$root"/LICENSE-* "$root"/CHANGELOG.md "$work/$name/"
case $target in
    *windows*) (cd "$work" && 7z a -bso0 "$folder/$name.zip" "$name") ;;
    *) tar -C "$work" -czf "$folder/$name.tgz" "$name" ;;
esac
