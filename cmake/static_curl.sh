#!/bin/sh
# Prints the prefix of a static, position-independent, HTTP(S)-only libcurl; builds it first where
# the cache has none. Debian's own libcurl.a cannot be linked into a self-contained program: its
# Kerberos and LDAP have no static libraries. The source is Debian's package with Debian's patches,
# fetched by apt with a source list and folders of our own, so that the machine's lists stay as
# they are and no privilege is needed.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
version=$(dpkg-query -W -f '${source:Version}' libcurl4-openssl-dev)
recipe=$(cksum < "$here/static_curl.sh" | cut -d ' ' -f 1)
cache=${XDG_CACHE_HOME:-${HOME:-$here/../build}/.cache}/paas
prefix=$cache/curl-$version-$(dpkg --print-architecture)-$recipe
if [ -e "$prefix/lib/libcurl.a" ]; then
  echo "$prefix"
  exit
fi

mkdir -p "$cache"
work=$(mktemp -d "$cache/curl-build.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
echo "static curl $version: fetching Debian's source package" >&2
mkdir -p "$work/sources" "$work/lists/partial" "$work/cache/archives/partial"

# The machine's binary sources said again as source packages, in both forms that apt reads.
for list in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
  [ -f "$list" ] || continue
  sed -n 's/^[[:space:]]*deb\([[:space:]]\)/deb-src\1/p' "$list" >> "$work/sources/machine.list"
done
for list in /etc/apt/sources.list.d/*.sources; do
  [ -f "$list" ] || continue
  sed 's/^Types:.*/Types: deb-src/' "$list" > "$work/sources/$(basename "$list")"
done

log=$work/log
own_apt() {
  apt-get -q -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts="$work/sources" \
    -o Dir::State::lists="$work/lists" -o Dir::Cache="$work/cache" \
    -o APT::Sandbox::User="$(id -un)" -o APT::Update::Post-Invoke-Success::=true "$@" >> "$log" 2>&1
}
fail() {
  tail -n 40 "$log" >&2
  echo "static curl: unable to $1" >&2
  exit 1
}
own_apt update || fail "read the package lists"
cd "$work"
own_apt source --only-source "curl=$version" || own_apt source curl || fail "fetch the source package"
cd "$work"/curl-*/

echo "static curl $version: building" >&2
build() {
  cmake -G Ninja -S . -B "$work/build" -Wno-dev -DCMAKE_BUILD_TYPE=Release \
    -DCMAKE_INSTALL_PREFIX="$work/prefix" -DCMAKE_INSTALL_LIBDIR=lib \
    -DCMAKE_POSITION_INDEPENDENT_CODE=ON -DBUILD_SHARED_LIBS=OFF -DBUILD_CURL_EXE=OFF \
    -DHTTP_ONLY=ON -DCURL_USE_OPENSSL=ON -DCURL_ZLIB=ON -DCURL_BROTLI=OFF -DCURL_ZSTD=OFF \
    -DCURL_USE_LIBSSH2=OFF -DCURL_USE_LIBPSL=OFF -DUSE_LIBIDN2=OFF -DUSE_NGHTTP2=OFF \
    -DCURL_USE_GSSAPI=OFF -DCURL_CA_BUNDLE=/etc/ssl/certs/ca-certificates.crt \
    -DCURL_CA_PATH=/etc/ssl/certs -DCURL_CA_FALLBACK=ON &&
    cmake --build "$work/build" && cmake --install "$work/build"
}
build >> "$log" 2>&1 || fail build

# Another build may have finished first; either result is the same.
mv -T "$work/prefix" "$prefix" 2>/dev/null || [ -e "$prefix/lib/libcurl.a" ]
echo "$prefix"
