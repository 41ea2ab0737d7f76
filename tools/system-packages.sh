#!/usr/bin/env bash
# Installs the system packages that the tests need, as root or through sudo; otherwise names what is missing.
set -euo pipefail

# command -> Debian package
needed=(
  "pdftoppm:poppler-utils"
  # Power cuts on real file systems.
  "qemu-storage-daemon:qemu-system-common"
  "fusermount3:fuse3"
  "mkfs.ext4:e2fsprogs"
  "umount:mount"
)
PATH="$PATH:/usr/sbin:/sbin"

missing=()
for entry in "${needed[@]}"; do
  command -v "${entry%%:*}" >/dev/null 2>&1 || missing+=("${entry##*:}")
done
[ ${#missing[@]} -eq 0 ] && exit 0

if [ "$(id -u)" = 0 ]; then
  as_root=()
elif sudo -n true 2>/dev/null; then
  as_root=(sudo -n)
else
  echo "The tests need these system packages, and this user may not install them: ${missing[*]}" >&2
  echo "As root: apt-get install ${missing[*]}" >&2
  exit 1
fi
"${as_root[@]}" apt-get update -q
DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -q -y --no-install-recommends "${missing[@]}"
