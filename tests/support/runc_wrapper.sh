#!/bin/sh
# Stands before runc where CAP_SYS_RESOURCE is missing from the bounding set: there runc cannot
# grant that capability nor lower an oom score, so --privileged and the pause container would fail.
# Takes both out of the file that runc is about to read, and goes on to the real runc.
edit() {
  sed -i -e 's/,"CAP_SYS_RESOURCE"//g; s/"CAP_SYS_RESOURCE",//g; s/"CAP_SYS_RESOURCE"//g' \
    -e 's/"oomScoreAdj": *-[0-9]*/"oomScoreAdj":0/g' "$1"
}

previous=
for argument in "$@"; do
  case $previous in
    --bundle | -b) edit "$argument/config.json" ;;
    --process | -p) edit "$argument" ;;
  esac
  previous=$argument
done
exec "$FRAKTI_TEST_RUNC" "$@"
