"""The verbs of metering, one file per noun."""
