"""The outside world: database, queue, object storage, signing keys, clock. Each knows no rule of the product."""
