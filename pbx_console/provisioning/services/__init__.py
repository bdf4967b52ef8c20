"""What people and phones do with phones: one file per noun."""
