"""Makes the tables. May run again, and beside the release before."""
import store

store.query(store.database(), store.SCHEMA)
