"""One patient's work on disk: states by content hash, an audit chain, signatures."""
