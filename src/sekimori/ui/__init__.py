"""The shared look: base page, stylesheet, components, language, security headers, charts. Decides nothing."""
