-- The two logins, made once by the database server on its first start, before anything can reach it.
-- The owner migrates and is no superuser; the site's login owns nothing: its rights come from the first migration.
\getenv owner_password DATABASE_OWNER_PASSWORD
\getenv site_password DATABASE_PASSWORD
CREATE ROLE weitergabe_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE weitergabe LOGIN PASSWORD :'site_password';
CREATE DATABASE weitergabe OWNER weitergabe_owner;
-- From here on the superuser signs in only from inside the server's own container.
ALTER ROLE CURRENT_USER PASSWORD NULL;
