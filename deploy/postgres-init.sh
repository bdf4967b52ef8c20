#!/bin/bash
# Run once by the image, in an empty cluster: the roles with their passwords, the database.
set -euo pipefail
word() { tr -d '\n' <"/run/secrets/$1_password"; }
# Passwords by standard input: a command line can be read by others.
{
  for role in owner console asterisk; do
    printf "\\\\set %s_password '%s'\n" "$role" "$(word "$role")"
  done
  cat /opt/pbx/roles.sql
  printf 'CREATE DATABASE pbx OWNER pbx_owner;\n'
} | psql -X -q -v ON_ERROR_STOP=1 --username postgres --dbname postgres
