"""The console of the comms team, and the addresses that show whether the service is well."""
