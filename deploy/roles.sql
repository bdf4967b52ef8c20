-- Database roles, run once by the superuser. Passwords come as psql variables:
--   psql -v owner_password=… -v console_password=… -v asterisk_password=… -f roles.sql
-- pbx_owner runs migrations, pbx_console runs the console and is bound by row-level
-- security, pbx_asterisk is Asterisk's own role. The grants are in the first migration of
-- accounts, because default privileges belong to one database.
SELECT 'CREATE ROLE pbx_owner LOGIN CREATEDB' WHERE NOT EXISTS
  (SELECT FROM pg_roles WHERE rolname = 'pbx_owner') \gexec
SELECT 'CREATE ROLE pbx_console LOGIN' WHERE NOT EXISTS
  (SELECT FROM pg_roles WHERE rolname = 'pbx_console') \gexec
SELECT 'CREATE ROLE pbx_asterisk LOGIN' WHERE NOT EXISTS
  (SELECT FROM pg_roles WHERE rolname = 'pbx_asterisk') \gexec
ALTER ROLE pbx_owner PASSWORD :'owner_password';
ALTER ROLE pbx_console PASSWORD :'console_password';
ALTER ROLE pbx_asterisk PASSWORD :'asterisk_password';
ALTER ROLE pbx_asterisk SET search_path = asterisk;
ALTER ROLE pbx_asterisk SET statement_timeout = '2s';
-- So that a SECURITY DEFINER function of the owner may say SET pbx.scope = 'everyone'
-- (accounts/rls.py): PostgreSQL asks for this on every setting it does not know itself.
GRANT SET ON PARAMETER pbx.scope TO pbx_owner;
