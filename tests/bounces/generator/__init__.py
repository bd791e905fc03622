"""Made notices of known origin, with a send log. Written apart from the rules: it imports nothing of sekimori."""
