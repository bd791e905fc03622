"""Countries of addresses, by registration: tables of the registries or of geolocation providers, made small and quick to ask."""
