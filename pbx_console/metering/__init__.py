"""What was used and what it costs: journal, legs, prices, charges, sealed exports."""
