-- Rights of the role that the web and worker processes sign in as. Run as the owner of the schema, after `sekimori init`:
--     psql -v role=sekimori_web -f web_role.sql sekimori
-- The role reads and writes the desk's tables; it has no right on the holders' names and addresses but through
-- contracts_read_holders(), which a fresh ledger entry pays for, and it may only append to the ledger.
GRANT USAGE ON SCHEMA public TO :"role";
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO :"role";
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO :"role";
REVOKE ALL ON contracts_holder, contracts_holderread FROM :"role";
REVOKE UPDATE, DELETE, TRUNCATE ON ledger_entry FROM :"role";
GRANT EXECUTE ON FUNCTION contracts_read_holders(bigint) TO :"role";
