#!/bin/sh
# layout.sh DIRECTORY: lays out what the images hold, from the modules' jars and class paths as the Dockerfile builds them.
#
#   DIRECTORY/freshet   lib/ (libraries), app/ (Freshet), bin/, freshet.classpath
#   DIRECTORY/demo      what the demo needs beside it, demo.classpath
#
# The class paths keep the order that Maven found. All files bear the same time, so that the same sources give the same
# layers.
set -eu
to=$1
root=$(dirname -- "$0")/..

# entries MODULE: its own jar, then those that it needs.
entries() {
  for jar in "$root/$1/target/freshet-$1"-*.jar; do
    case $jar in
      *-tests.jar) ;;
      *) echo "$jar" ;;
    esac
  done
  tr : '\n' <"$root/$1/target/classpath"
  echo
}

# layout MODULE NAME: copies to DIRECTORY/NAME what DIRECTORY/freshet does not have.
layout() {
  mkdir -p "$to/$2/lib" "$to/$2/app"
  classpath=
  for jar in $(entries "$1" | leave_out "$2"); do
    name=${jar##*/}
    case $name in
      freshet-*) place=app/$name ;;
      *) place=lib/$name ;;
    esac
    if [ -e "$to/$2/$place" ]; then
      echo "layout.sh: two libraries are named $name" >&2
      exit 1
    fi
    [ -e "$to/freshet/$place" ] || cp "$jar" "$to/$2/$place"
    classpath=${classpath:+$classpath:}/opt/freshet/$place
  done
  printf '%s\n' "$classpath" >"$to/$2/$2.classpath"
}

# Nothing here starts containers. Servers are what the demo starts, for Linux; the images for both architectures hold the
# same jars.
leave_out() {
  case $1 in
    freshet) grep -v -e '/org/testcontainers/' -e '/com/github/docker-java/' -e '/io/zonky/' -e '/org/signal/' ;;
    demo) grep -v -e '/org/testcontainers/' -e '/com/github/docker-java/' -e '-darwin-' ;;
  esac
}

layout cli freshet
layout demo-api demo
cp -R "$root/docker/bin" "$to/freshet/bin"
chmod -R u=rwX,go=rX "$to"
chmod 755 "$to/freshet/bin/"*
find "$to" -exec touch --no-dereference --date=2026-01-01T00:00:00Z {} +
