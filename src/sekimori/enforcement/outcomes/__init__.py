"""What works: how many cases are clean so many days after a warning, beside what happens without one."""
