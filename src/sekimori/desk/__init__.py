"""The officer's pages: shows what is needed to decide, decides nothing itself."""
