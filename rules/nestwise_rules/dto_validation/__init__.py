"""Nothing unvalidated reaches a service."""
