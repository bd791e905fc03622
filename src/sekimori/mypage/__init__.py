"""My page: what a member sees and can do about a case: notices, steps, "done", unlock, statement, appeal, who looked."""
