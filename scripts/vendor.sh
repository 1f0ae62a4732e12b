#!/usr/bin/env bash
# Fetches the front-end files named in the two manifests (what pages use, what tests use) with npm and compares them with the
# digests kept there. A path of "." means the package as it was published.
#   scripts/vendor.sh           fetch anew what is missing or differs
#   scripts/vendor.sh --check   only compare what is there (no network)
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
folders=("$root/civicloop/web/static/vendor" "$root/tests/vendor")

rows() {
  python3 - "$1/manifest.json" <<'PYTHON'
import json, sys
for row in json.load(open(sys.argv[1], encoding="utf-8"))["files"]:
    print(row["file"], row["package"], row["version"], row["path"], row["sha256"], sep="\t")
PYTHON
}

same() { [ -f "$1" ] && [ "$(sha256sum "$1" | cut -d' ' -f1)" = "$2" ]; }

bad=0
for vendor in "${folders[@]}"; do
  while IFS=$'\t' read -r file package version path digest; do
    same "$vendor/$file" "$digest" && continue
    if [ "${1:-}" = "--check" ]; then
      echo "$file is missing or differs from the manifest" >&2
      bad=1
      continue
    fi
    folder="$(mktemp -d)"
    (cd "$folder" && npm pack --silent "$package@$version" >/dev/null && tar xzf ./*.tgz && mv ./*.tgz whole)
    found="$folder/package/$path"
    [ "$path" != "." ] || found="$folder/whole"
    if ! same "$found" "$digest"; then
      echo "$package@$version: $path is not the file of the manifest" >&2
      bad=1
    else
      cp "$found" "$vendor/$file"
      echo "$file fetched"
    fi
    rm -rf "$folder"
  done < <(rows "$vendor")
done
exit "$bad"
